//===- CNames.cpp - names of a model in C --------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/CNames.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace graph_compile;

/// The keywords of C11, C23, C++17 and C++20, in alphabetical order.
static constexpr StringLiteral keywords[] = {"alignas",
                                             "alignof",
                                             "and",
                                             "and_eq",
                                             "asm",
                                             "auto",
                                             "bitand",
                                             "bitor",
                                             "bool",
                                             "break",
                                             "case",
                                             "catch",
                                             "char",
                                             "char16_t",
                                             "char32_t",
                                             "char8_t",
                                             "class",
                                             "co_await",
                                             "co_return",
                                             "co_yield",
                                             "compl",
                                             "concept",
                                             "const",
                                             "const_cast",
                                             "consteval",
                                             "constexpr",
                                             "constinit",
                                             "continue",
                                             "decltype",
                                             "default",
                                             "delete",
                                             "do",
                                             "double",
                                             "dynamic_cast",
                                             "else",
                                             "enum",
                                             "explicit",
                                             "export",
                                             "extern",
                                             "false",
                                             "float",
                                             "for",
                                             "friend",
                                             "goto",
                                             "if",
                                             "inline",
                                             "int",
                                             "long",
                                             "mutable",
                                             "namespace",
                                             "new",
                                             "noexcept",
                                             "not",
                                             "not_eq",
                                             "nullptr",
                                             "operator",
                                             "or",
                                             "or_eq",
                                             "private",
                                             "protected",
                                             "public",
                                             "register",
                                             "reinterpret_cast",
                                             "requires",
                                             "restrict",
                                             "return",
                                             "short",
                                             "signed",
                                             "sizeof",
                                             "static",
                                             "static_assert",
                                             "static_cast",
                                             "struct",
                                             "switch",
                                             "template",
                                             "this",
                                             "thread_local",
                                             "throw",
                                             "true",
                                             "try",
                                             "typedef",
                                             "typeid",
                                             "typename",
                                             "typeof",
                                             "typeof_unqual",
                                             "union",
                                             "unsigned",
                                             "using",
                                             "virtual",
                                             "void",
                                             "volatile",
                                             "wchar_t",
                                             "while",
                                             "xor",
                                             "xor_eq"};

std::string graph_compile::makeCName(StringRef name) {
  std::string result;
  for (char character : name)
    result += isAlnum(character) || character == '_' ? character : '_';
  if (result.empty() || isDigit(result.front()) ||
      llvm::binary_search(keywords, StringRef(result)))
    result.insert(result.begin(), '_');
  return result;
}

CNameScope::CNameScope(std::initializer_list<StringRef> reserved) {
  for (StringRef name : reserved)
    taken.try_emplace(name, 2);
}

std::string CNameScope::add(StringRef name) {
  std::string wanted = makeCName(name);
  auto [entry, isNew] = taken.try_emplace(wanted, 2);
  if (isNew)
    return wanted;
  // The map may move its entries when it grows, so the number is kept here.
  unsigned number = entry->second;
  std::string result;
  do
    result = wanted + "_" + std::to_string(number++);
  while (!taken.try_emplace(result, 2).second);
  taken[wanted] = number;
  return result;
}
