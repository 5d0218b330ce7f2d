// Runs a target over the files that are named, without a fuzzer: the corpora, or an input that crashed.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int count, char** files) {
  if (count < 2) {
    std::fprintf(stderr, "name the files to run\n");
    return 2;
  }
  for (int i = 1; i < count; ++i) {
    std::printf("%s\n", files[i]);
    std::fflush(stdout);
    std::ifstream file(files[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "can't be read\n");
      return 2;
    }
    const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  }
  return 0;
}
