//===- StepAttributes.cpp - attributes of the step dialect ----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace graph_compile::step;

#define GET_ATTRDEF_CLASSES
#include "graph-compile/Dialect/Step/IR/StepAttributes.cpp.inc"

void StepDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "graph-compile/Dialect/Step/IR/StepAttributes.cpp.inc"
      >();
}

RankedTensorType PanelsAttr::getPanelsType(ShapedType source, int64_t dim,
                                           int64_t width) {
  SmallVector<int64_t> shape = {
      llvm::divideCeilSigned(source.getDimSize(dim), width)};
  for (int64_t other = 0; other != source.getRank(); ++other)
    if (other != dim)
      shape.push_back(source.getDimSize(other));
  shape.push_back(width);
  return RankedTensorType::get(shape, source.getElementType());
}

LogicalResult PanelsAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ElementsAttr source, int64_t dim,
                                 int64_t width, RankedTensorType type) {
  // C1: the source has a fixed shape of which `dim` is a dimension.
  ShapedType sourceType = source.getShapedType();
  if (!sourceType.hasStaticShape() || dim < 0 || dim >= sourceType.getRank())
    return emitError() << "expects a dimension of " << sourceType
                       << ", but got " << dim;
  // C2: the width is positive.
  if (width <= 0)
    return emitError() << "expects a positive width, but got " << width;
  // C3: the type is that of the panels.
  RankedTensorType expected = getPanelsType(sourceType, dim, width);
  if (type != expected)
    return emitError() << "expects the type " << expected << ", but got "
                       << type;
  return success();
}
