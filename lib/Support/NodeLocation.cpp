//===- NodeLocation.cpp - where a node stands in its source -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Support/NodeLocation.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringRef.h"

using namespace mlir;
using namespace graph_compile;

Location graph_compile::makeNodeLocation(MLIRContext *context, StringRef file,
                                         unsigned line, StringRef node) {
  auto inFile = FileLineColLoc::get(context, file, line, /*column=*/0);
  return NameLoc::get(StringAttr::get(context, node), inFile);
}

/// Returns the first location of type `LocTy` inside `location`.
template <typename LocTy> static LocTy findFirst(Location location) {
  LocTy found;
  location->walk([&](Location part) {
    found = dyn_cast<LocTy>(part);
    return found ? WalkResult::interrupt() : WalkResult::advance();
  });
  return found;
}

StringRef graph_compile::getNodeName(Location location) {
  NameLoc name = findFirst<NameLoc>(location);
  return name ? name.getName().getValue() : StringRef();
}

void graph_compile::collectNodeNames(Location location,
                                     llvm::SetVector<StringAttr> &names) {
  location->walk([&](Location part) {
    auto name = dyn_cast<NameLoc>(part);
    if (!name)
      return WalkResult::advance();
    names.insert(name.getName());
    return WalkResult::skip();
  });
}

FileLineColLoc graph_compile::getFileLocation(Location location) {
  return findFirst<FileLineColLoc>(location);
}

std::string graph_compile::describeNode(Location location) {
  StringRef name = getNodeName(location);
  if (name.empty())
    return "an unnamed node";
  return ("node \"" + name + "\"").str();
}
