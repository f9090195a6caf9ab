//===- Queues.cpp - queues of TensorFlow ----------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Queues.h"

#include "Attributes.h"
#include "Types.h"
#include "graph.pb.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

static bool isShuffled(StringRef op) {
  return op == "RandomShuffleQueue" || op == "RandomShuffleQueueV2";
}

bool tensorflow::declaresQueue(StringRef op) {
  return op == "FIFOQueue" || op == "FIFOQueueV2" || isShuffled(op);
}

/// The components, one for each of the attribute's types; a list of shapes may
/// be left out.
static SmallVector<QueueComponent, 1>
readComponents(MLIRContext *context, const Node &node, const OpInfo &info) {
  SmallVector<QueueComponent, 1> components;
  AttributeReader attributes(node, info);
  for (int type : attributes.getDataTypeList("component_types"))
    components.push_back({convertDataType(context, type), std::nullopt});
  const proto::AttrValue *shapes = findAttribute(node, "shapes");
  if (!shapes || size_t(shapes->list().shape_size()) != components.size())
    return components;
  for (auto [component, shape] :
       llvm::zip_equal(components, shapes->list().shape()))
    if (auto dims = convertShape(shape);
        dims && !ShapedType::isDynamicShape(*dims))
      component.shape = std::move(*dims);
  return components;
}

Queues::Queues(MLIRContext *context, const NodeGraph &graph, const NodeOps &ops,
               const VariableTable &variables) {
  for (VariableIndex index = 0; index < variables.size(); ++index) {
    const Node &node = graph[variables[index].node];
    const OpInfo *info = ops[node.index];
    if (!variables[index].isQueue || !info)
      continue;
    Queue &queue = queues[index];
    queue.name = variables[index].name;
    queue.node = node.index;
    AttributeReader attributes(node, *info);
    queue.capacity = attributes.getInt("capacity");
    queue.isShuffled = isShuffled(node.op);
    if (queue.isShuffled) {
      queue.minAfterDequeue = attributes.getInt("min_after_dequeue");
      queue.seed = attributes.getInt("seed");
      queue.seed2 = attributes.getInt("seed2");
      // As for random ops: programs can be repeated.
      if (queue.seed == 0 && queue.seed2 == 0)
        queue.seed = queue.seed2 = llvm::xxh3_64bits(node.name);
    }
    queue.components = readComponents(context, node, *info);
  }
}
