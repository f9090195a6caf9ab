//===- NearestName.cpp - suggestions for misspelt names -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Support/NearestName.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

using namespace llvm;
using namespace graph_compile;

std::vector<std::string> graph_compile::nearestNames(StringRef wanted,
                                                     ArrayRef<StringRef> names,
                                                     unsigned limit) {
  // A third of the letters may be wrong, as in clang's typo correction.
  unsigned farthest = (wanted.size() + 2) / 3;
  SmallVector<std::pair<unsigned, StringRef>> candidates;
  for (StringRef name : names) {
    unsigned distance = wanted.edit_distance(name, /*AllowReplacements=*/true,
                                             /*MaxEditDistance=*/farthest);
    if (distance <= farthest && name != wanted)
      candidates.emplace_back(distance, name);
  }
  llvm::stable_sort(candidates, llvm::less_first());
  std::vector<std::string> nearest;
  for (const auto &[distance, name] : candidates) {
    if (nearest.size() == limit)
      break;
    nearest.push_back(name.str());
  }
  return nearest;
}

std::string graph_compile::suggestNames(StringRef wanted,
                                        ArrayRef<StringRef> names,
                                        unsigned limit) {
  std::vector<std::string> nearest = nearestNames(wanted, names, limit);
  if (nearest.empty())
    return "";
  std::string text = "did you mean ";
  for (auto [index, name] : llvm::enumerate(nearest)) {
    if (index != 0)
      text += index + 1 == nearest.size() ? " or " : ", ";
    text += '"' + name + '"';
  }
  return text + "?";
}
