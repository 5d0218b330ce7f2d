// What glibc has had under newer names or versions since 2.28, the oldest that Node's own binaries run on: linked with
// --wrap for each of the functions (cmake/Addon.cmake), so that the addon asks for no more. In ours and libstdc++'s
// code.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

// The first version of glibc on each architecture, and what its struct stat is called there.
#if defined(__x86_64__)
#define FIRST "GLIBC_2.2.5"
enum { kStatVersion = 1 };
#elif defined(__aarch64__)
#define FIRST "GLIBC_2.17"
enum { kStatVersion = 0 };
#else
#error "which version of glibc was the first one here?"
#endif

// OLD(name): `old_<name>`, the function that every glibc has.
#define OLD(name) __asm__(".symver old_" #name ", " #name "@" FIRST)

OLD(pthread_create);
int old_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*), void* argument) {
  return old_pthread_create(thread, attributes, body, argument);
}

OLD(pthread_join);
int old_pthread_join(pthread_t, void**);
int __wrap_pthread_join(pthread_t thread, void** result) { return old_pthread_join(thread, result); }

OLD(pthread_detach);
int old_pthread_detach(pthread_t);
int __wrap_pthread_detach(pthread_t thread) { return old_pthread_detach(thread); }

OLD(pthread_once);
int old_pthread_once(pthread_once_t*, void (*)(void));
int __wrap_pthread_once(pthread_once_t* once, void (*body)(void)) { return old_pthread_once(once, body); }

OLD(__pthread_key_create);
int old___pthread_key_create(pthread_key_t*, void (*)(void*));
int __wrap___pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) {
  return old___pthread_key_create(key, destructor);
}

OLD(pthread_sigmask);
int old_pthread_sigmask(int, const sigset_t*, sigset_t*);
int __wrap_pthread_sigmask(int how, const sigset_t* set, sigset_t* old) { return old_pthread_sigmask(how, set, old); }

// 2.12 on x86-64.
#if defined(__x86_64__)
__asm__(".symver old_pthread_setname_np, pthread_setname_np@GLIBC_2.12");
#else
OLD(pthread_setname_np);
#endif
int old_pthread_setname_np(pthread_t, const char*);
int __wrap_pthread_setname_np(pthread_t thread, const char* name) { return old_pthread_setname_np(thread, name); }

// Functions of their own since 2.33; before, the headers made these calls of them.
OLD(__xstat);
int old___xstat(int, const char*, struct stat*);
int __wrap_stat(const char* path, struct stat* out) { return old___xstat(kStatVersion, path, out); }

OLD(__lxstat);
int old___lxstat(int, const char*, struct stat*);
int __wrap_lstat(const char* path, struct stat* out) { return old___lxstat(kStatVersion, path, out); }

OLD(__fxstat64);
int old___fxstat64(int, int, struct stat64*);
int __wrap_fstat64(int file, struct stat64* out) { return old___fxstat64(kStatVersion, file, out); }

// Since 2.32, whether there is one thread only: there never is.
char __libc_single_threaded = 0;
