//===- Directives.h - parts of the ops' text form -------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Custom directives of the declarative assembly formats.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_DIRECTIVES_H
#define GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_DIRECTIVES_H

#include "mlir/IR/OpImplementation.h"

namespace graph_compile::graph {

//===----------------------------------------------------------------------===//
// TokenOnly, TokenAfterValue
//===----------------------------------------------------------------------===//
// An effect gives a token if the text names a result for it, so nothing is
// printed: `%t = graph.assign ..`, `%x, %t = graph.read ..`.

mlir::ParseResult parseTokenOnly(mlir::OpAsmParser &parser, mlir::Type &token);
mlir::ParseResult parseTokenAfterValue(mlir::OpAsmParser &parser,
                                       mlir::Type &token);
inline void printTokenOnly(mlir::OpAsmPrinter &, mlir::Operation *,
                           mlir::Type) {}
inline void printTokenAfterValue(mlir::OpAsmPrinter &, mlir::Operation *,
                                 mlir::Type) {}

//===----------------------------------------------------------------------===//
// SameTypes
//===----------------------------------------------------------------------===//
// One type if all are the same, else `(operands) -> result`.

mlir::ParseResult parseSameTypes(mlir::OpAsmParser &parser, mlir::Type &x,
                                 mlir::Type &result);
mlir::ParseResult parseSameTypes(mlir::OpAsmParser &parser, mlir::Type &lhs,
                                 mlir::Type &rhs, mlir::Type &result);
void printSameTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                    mlir::Type x, mlir::Type result);
void printSameTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                    mlir::Type lhs, mlir::Type rhs, mlir::Type result);

//===----------------------------------------------------------------------===//
// ResultOfElement
//===----------------------------------------------------------------------===//
// The result's type; its element type is also an attribute of the op.

mlir::ParseResult parseResultOfElement(mlir::OpAsmParser &parser,
                                       mlir::Type &result,
                                       mlir::TypeAttr &element);
void printResultOfElement(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                          mlir::Type result, mlir::TypeAttr element);

//===----------------------------------------------------------------------===//
// ControlTypes
//===----------------------------------------------------------------------===//
// The results' types but the token's, `-> (types)` if there are any. As with
// other effects, a name more than that is the token's.

mlir::ParseResult parseControlTypes(mlir::OpAsmParser &parser,
                                    llvm::SmallVectorImpl<mlir::Type> &outputs);
void printControlTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                       mlir::TypeRange outputs);

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//
// One region after the other.

mlir::ParseResult
parseBranches(mlir::OpAsmParser &parser,
              llvm::SmallVectorImpl<std::unique_ptr<mlir::Region>> &branches);
void printBranches(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                   mlir::MutableArrayRef<mlir::Region> branches);

} // namespace graph_compile::graph

#endif // GRAPH_COMPILE_LIB_DIALECT_GRAPH_IR_DIRECTIVES_H
