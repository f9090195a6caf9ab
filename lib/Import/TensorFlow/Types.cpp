//===- Types.cpp - TensorFlow's element types -----------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Types.h"

#include "graph.pb.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

Type tensorflow::convertDataType(MLIRContext *context, int dataType) {
  Builder builder(context);
  switch (dataType) {
  case proto::DT_DOUBLE:
    return builder.getF64Type();
  case proto::DT_FLOAT:
    return builder.getF32Type();
  case proto::DT_HALF:
    return builder.getF16Type();
  case proto::DT_BFLOAT16:
    return builder.getBF16Type();
  case proto::DT_INT64:
    return builder.getI64Type();
  case proto::DT_INT32:
    return builder.getI32Type();
  case proto::DT_INT16:
    return builder.getIntegerType(16);
  case proto::DT_INT8:
    return builder.getIntegerType(8);
  case proto::DT_UINT64:
    return builder.getIntegerType(64, /*isSigned=*/false);
  case proto::DT_UINT32:
    return builder.getIntegerType(32, /*isSigned=*/false);
  case proto::DT_UINT16:
    return builder.getIntegerType(16, /*isSigned=*/false);
  case proto::DT_UINT8:
    return builder.getIntegerType(8, /*isSigned=*/false);
  case proto::DT_BOOL:
    return builder.getI1Type();
  default:
    return {};
  }
}

std::string tensorflow::getDataTypeName(int dataType) {
  switch (dataType) {
  case proto::DT_FLOAT:
    return "float32";
  case proto::DT_DOUBLE:
    return "float64";
  case proto::DT_HALF:
    return "float16";
  default:
    break;
  }
  if (!proto::DataType_IsValid(dataType))
    return "type " + std::to_string(dataType);
  // DT_INT32 -> int32
  return StringRef(proto::DataType_Name(static_cast<proto::DataType>(dataType)))
      .drop_front(3)
      .lower();
}

std::optional<int> tensorflow::parseSignatureType(StringRef name) {
  return llvm::StringSwitch<std::optional<int>>(name)
      .Case("float", proto::DT_FLOAT)
      .Case("double", proto::DT_DOUBLE)
      .Case("half", proto::DT_HALF)
      .Case("bfloat16", proto::DT_BFLOAT16)
      .Case("int64", proto::DT_INT64)
      .Case("int32", proto::DT_INT32)
      .Case("int16", proto::DT_INT16)
      .Case("int8", proto::DT_INT8)
      .Case("uint64", proto::DT_UINT64)
      .Case("uint32", proto::DT_UINT32)
      .Case("uint16", proto::DT_UINT16)
      .Case("uint8", proto::DT_UINT8)
      .Case("bool", proto::DT_BOOL)
      .Case("string", proto::DT_STRING)
      .Case("resource", proto::DT_RESOURCE)
      .Case("variant", proto::DT_VARIANT)
      .Default(std::nullopt);
}
