//===- FunctionBuilder.cpp - building one entry point ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FunctionBuilder.h"

#include "Attributes.h"
#include "BlockBuilder.h"
#include "CheckNodes.h"
#include "Lists.h"
#include "Types.h"
#include "graph.pb.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

FunctionBuilder::FunctionBuilder(ModelState &model, const EntryPoint &entry,
                                 const FlowTree &flows,
                                 const References &references)
    : model(model), entry(entry), flow(flows.getRoot()),
      state(model, flows, references), builder(model.context) {}

LogicalResult FunctionBuilder::build(ModuleOp module) {
  if (failed(createFunction(module)))
    return failure();
  BlockBuilder body(state, flow, function.getBlock());
  for (auto [number, argument] : llvm::enumerate(function.getArguments()))
    body.setFeed(number, argument);
  for (const Fetch &fetch : entry.fetches)
    if (state.references.lookup(fetch.tensor))
      body.readAtEnd(fetch.tensor);
  if (failed(body.build()))
    return failure();
  finishFunction(body);
  return success();
}

/// The type of a feed: the element type of what it replaces, and its own shape
/// or that of the graph.
FailureOr<RankedTensorType>
FunctionBuilder::getFeedTensorType(const Feed &feed) {
  const Node &node = model.graph[feed.tensor.node];
  Type elementType = convertDataType(
      model.context, *getFeedType(flow, model.table, feed.tensor));
  std::optional<SmallVector<int64_t>> shape = feed.shape;
  if (!shape) {
    const proto::AttrValue *value = findAttribute(node, "shape");
    const proto::AttrValue *constant = findAttribute(node, "value");
    if (node.op == "Const" && constant)
      shape = convertShape(constant->tensor().tensor_shape());
    else if (value && value->value_case() == proto::AttrValue::kShape)
      shape = convertShape(value->shape());
  }
  Location location = model.graph.getLocation(model.context, node.index);
  if (!shape)
    return emitError(location)
           << "function \"" << entry.name << "\" feeds it as \"" << feed.name
           << "\", but the graph does not say its shape: give one with the "
              "feed";
  for (int64_t dim : *shape)
    if (dim != ShapedType::kDynamic && dim > (int64_t(1) << 40))
      return emitError(location)
             << "function \"" << entry.name << "\" feeds it as \"" << feed.name
             << "\" with a dim of size " << dim << ", which is too large";
  return RankedTensorType::get(*shape, elementType);
}

LogicalResult FunctionBuilder::createFunction(ModuleOp module) {
  SmallVector<Type> inputs;
  SmallVector<DictionaryAttr> inputNames;
  for (const Feed &feed : entry.feeds) {
    FailureOr<RankedTensorType> type = getFeedTensorType(feed);
    if (failed(type))
      return failure();
    inputs.push_back(*type);
    inputNames.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr(graph::GraphDialect::getNameAttrName(),
                             builder.getStringAttr(feed.name))));
  }
  builder.setInsertionPointToEnd(module.getBody());
  Location location =
      FileLineColLoc::get(model.context, model.graph.file, 0, 0);
  // The results' types are known at the end.
  function = graph::FuncOp::create(builder, location, entry.name,
                                   builder.getFunctionType(inputs, {}));
  if (!inputs.empty())
    function.setAllArgAttrs(inputNames);
  function.setInitializer(entry.isInitializer);
  return success();
}

/// Erases joins that no effect waits for; later ones use earlier ones.
static void eraseUnusedJoins(graph::FuncOp function) {
  SmallVector<graph::JoinOp> joins;
  function.walk([&](graph::JoinOp join) { joins.push_back(join); });
  for (graph::JoinOp join : llvm::reverse(joins))
    if (join->use_empty())
      join.erase();
}

void FunctionBuilder::finishFunction(BlockBuilder &body) {
  SmallVector<Value> results;
  SmallVector<DictionaryAttr> resultNames;
  llvm::SetVector<Value> after;
  auto waitFor = [&](NodeIndex node) {
    if (Value token = body.getToken(node))
      after.insert(token);
  };
  for (const Fetch &fetch : entry.fetches) {
    results.push_back(body.getResult(fetch.tensor));
    resultNames.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr(graph::GraphDialect::getNameAttrName(),
                             builder.getStringAttr(fetch.name))));
    if (!flow.findFeed(fetch.tensor))
      waitFor(fetch.tensor.node);
  }
  for (NodeIndex target : entry.targets)
    waitFor(target);
  builder.setInsertionPointToEnd(&function.getBlock());
  graph::ReturnOp::create(builder, function.getLoc(), results,
                          after.getArrayRef());
  eraseUnusedJoins(function);
  typeUnusedLists(function);
  // Lists among the results have their types now.
  SmallVector<Type> types = llvm::to_vector(ValueRange(results).getTypes());
  function.setFunctionType(
      builder.getFunctionType(function.getArgumentTypes(), types));
  if (!types.empty())
    function.setAllResultAttrs(resultNames);
}
