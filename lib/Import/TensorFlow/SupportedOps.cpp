//===- SupportedOps.cpp - the list of TensorFlow's ops --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Import/TensorFlow/Import.h"

#include "OpTable.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace graph_compile;
using namespace graph_compile::tensorflow;

void graph_compile::printSupportedOps(llvm::raw_ostream &os) {
  OpTable table;
  registerCoreOps(table);
  registerOpFamilies(table);
  std::map<llvm::StringRef, std::vector<const OpInfo *>> families;
  size_t width = 0;
  for (const OpInfo *op : table.list()) {
    families[op->family].push_back(op);
    width = std::max(width, op->name.size());
  }
  for (const auto &[title, ops] : families) {
    os << title << '\n';
    for (const OpInfo *op : ops) {
      os << "  ";
      if (op->remark.empty())
        os << op->name << '\n';
      else
        os << llvm::left_justify(op->name, width) << "  " << op->remark << '\n';
    }
  }
}
