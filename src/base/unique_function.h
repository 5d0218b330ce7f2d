// A std::function that may hold move-only callables (C++23's std::move_only_function, until we have it).
// Small callables live inside it, without an allocation: don't move one while it is called.
// Plain value: any thread, one owner.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace aurochs {

template <typename Signature>
class UniqueFunction;

template <typename R, typename... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;
  UniqueFunction(std::nullptr_t) {}

  template <typename F, typename = std::enable_if_t<!std::is_same_v<std::decay_t<F>, UniqueFunction> &&
                                                    std::is_invocable_r_v<R, std::decay_t<F>&, Args...>>>
  UniqueFunction(F&& f) : operations_(&Stored<std::decay_t<F>>::kOperations) {
    Stored<std::decay_t<F>>::make(storage_, std::forward<F>(f));
  }

  UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    // The old callable goes last: what its destructor does may come back here.
    UniqueFunction old(std::move(*this));
    take(other);
    return *this;
  }
  UniqueFunction(const UniqueFunction&) = delete;
  UniqueFunction& operator=(const UniqueFunction&) = delete;
  ~UniqueFunction() {
    if (operations_ != nullptr) operations_->destroy(storage_);
  }

  explicit operator bool() const { return operations_ != nullptr; }
  R operator()(Args... args) { return operations_->call(storage_, std::forward<Args>(args)...); }

 private:
  static constexpr size_t kInside = 3 * sizeof(void*);

  struct Operations {
    R (*call)(void* storage, Args&&... args);
    void (*move)(void* from, void* to) noexcept;
    void (*destroy)(void* storage) noexcept;
  };

  /// The callable itself where it fits, else a pointer to it.
  template <typename F>
  struct Stored {
    static constexpr bool kFits =
        sizeof(F) <= kInside && alignof(F) <= alignof(void*) && std::is_nothrow_move_constructible_v<F>;

    template <typename G>
    static void make(void* storage, G&& g) {
      if constexpr (kFits) {
        new (storage) F(std::forward<G>(g));
      } else {
        new (storage) F*(new F(std::forward<G>(g)));
      }
    }
    static F& at(void* storage) {
      if constexpr (kFits) {
        return *std::launder(static_cast<F*>(storage));
      } else {
        return **std::launder(static_cast<F**>(storage));
      }
    }
    static R call(void* storage, Args&&... args) { return at(storage)(std::forward<Args>(args)...); }
    static void move(void* from, void* to) noexcept {
      if constexpr (kFits) {
        new (to) F(std::move(at(from)));
        at(from).~F();
      } else {
        new (to) F*(&at(from));
      }
    }
    static void destroy(void* storage) noexcept {
      if constexpr (kFits) {
        at(storage).~F();
      } else {
        delete &at(storage);
      }
    }
    static constexpr Operations kOperations{call, move, destroy};
  };

  void take(UniqueFunction& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (operations_ != nullptr) operations_->move(other.storage_, storage_);
  }

  const Operations* operations_ = nullptr;
  alignas(void*) unsigned char storage_[kInside];
};

using Task = UniqueFunction<void()>;

}  // namespace aurochs
