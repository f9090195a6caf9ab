//===- EinsumEquation.h - which dims a sum of products names ----*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An equation like "...ij,jk->...ik" gives a label to each dim of the operands
// and of the result.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_EINSUMEQUATION_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_EINSUMEQUATION_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace graph_compile::tensorflow {

/// A character of the equation; or, negative, a dim that an ellipsis stands
/// for: -1 is the last of them, so that dims broadcast by their last ones.
using Label = int;
using Labels = llvm::SmallVector<Label, 6>;

inline bool isEllipsis(Label label) { return label < 0; }

/// What each dim of the operands and of the result is called.
struct EinsumEquation {
  llvm::SmallVector<Labels, 2> operands;
  Labels result;
};

/// Reads an equation for operands of these ranks. The error says what is wrong
/// with it.
llvm::Expected<EinsumEquation>
parseEinsumEquation(llvm::StringRef text, llvm::ArrayRef<int64_t> ranks);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_EINSUMEQUATION_H
