//===- AddressSanitizerOptions.cpp - for the compiler built with it -------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM's allocators poison what they have not given out. Their code in headers
// is compiled with the sanitizer here, that in Debian's shared libraries is not
// and does not lift the poison, so that reports of it are false.
//
//===----------------------------------------------------------------------===//

extern "C" const char *__asan_default_options();

extern "C" const char *__asan_default_options() {
  return "allow_user_poisoning=0";
}
