//===- GraphDialect.cpp - the graph dialect, its types and attributes -----===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

#include "graph-compile/Dialect/Graph/IR/GraphDialect.cpp.inc"
#include "graph-compile/Dialect/Graph/IR/GraphEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "graph-compile/Dialect/Graph/IR/GraphTypes.cpp.inc"

void GraphDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "graph-compile/Dialect/Graph/IR/GraphAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "graph-compile/Dialect/Graph/IR/GraphTypes.cpp.inc"
      >();
  registerStructureOps();
  registerControlOps();
  registerEffectOps();
  registerCheckOps();
  registerElementwiseOps();
  registerReductionOps();
  registerContractionOps();
  registerShapeOps();
  registerDataOps();
  registerConvolutionOps();
  registerNormOps();
  registerWindowOps();
  registerIndexOps();
  registerLinearAlgebraOps();
  registerScanOps();
  registerListOps();
  registerRandomOps();
}

Operation *GraphDialect::materializeConstant(OpBuilder &builder,
                                             Attribute value, Type type,
                                             Location location) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, location, elements);
}

/// `graph.name` is the only attribute of the dialect that other ops carry.
static LogicalResult verifyName(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() != GraphDialect::getNameAttrName() ||
      isa<StringAttr>(attribute.getValue()))
    return success();
  return op->emitOpError() << "expects '" << attribute.getName().getValue()
                           << "' to be a string, but got "
                           << attribute.getValue();
}

LogicalResult GraphDialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attribute) {
  return verifyName(op, attribute);
}

LogicalResult GraphDialect::verifyRegionArgAttribute(Operation *op,
                                                     unsigned regionIndex,
                                                     unsigned argIndex,
                                                     NamedAttribute attribute) {
  return verifyName(op, attribute);
}

LogicalResult
GraphDialect::verifyRegionResultAttribute(Operation *op, unsigned regionIndex,
                                          unsigned resultIndex,
                                          NamedAttribute attribute) {
  return verifyName(op, attribute);
}
