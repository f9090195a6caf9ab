//===- Frames.cpp - values that leave a loop without an Exit --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A TF 1 loop runs in a frame: values come in by Enter and leave by Exit. Every
// node runs in the frame that its inputs are in, so inputs from two frames are
// wrong, whatever becomes of the loop later.
//
//===----------------------------------------------------------------------===//

#include "CheckNodes.h"

#include "Attributes.h"
#include "ErrorLimit.h"
#include "graph.pb.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
/// Gives each node of a flow graph its frame; 0 is outside every loop.
class FrameFinder {
public:
  /// Without `errors` nothing is reported.
  explicit FrameFinder(const FlowGraph &flow, MLIRContext *context = nullptr,
                       ErrorLimit *errors = nullptr)
      : graph(flow.getGraph()), flow(flow), context(context), errors(errors) {
    tree.frames.push_back({0, ""});
    tree.frameOfNode.assign(flow.size(), 0);
  }

  FrameTree find() {
    for (NodeIndex node : flow.getOrder())
      frameOf(node) = leaveOrEnter(graph[node], findInputFrame(graph[node]));
    return std::move(tree);
  }

private:
  unsigned findInputFrame(const Node &node);
  unsigned leaveOrEnter(const Node &node, unsigned frame);
  std::string describe(unsigned frame) const;
  unsigned &frameOf(NodeIndex node) {
    return tree.frameOfNode[flow.getPosition(node)];
  }

  const NodeGraph &graph;
  const FlowGraph &flow;
  MLIRContext *context;
  ErrorLimit *errors;
  FrameTree tree;
  std::map<std::pair<unsigned, std::string>, unsigned> indexOfFrame;
};
} // namespace

std::string FrameFinder::describe(unsigned frame) const {
  if (frame == 0)
    return "outside of every frame";
  return "in frame \"" + tree.frames[frame].name + "\"";
}

/// The frame of all inputs that run in this iteration; reports two of them.
unsigned FrameFinder::findInputFrame(const Node &node) {
  // What is fed comes from outside.
  SmallVector<std::pair<NodeIndex, unsigned>> sources;
  for (Endpoint input : node.inputs)
    if (flow.findFeed(input) || !flow.isLive(input.node))
      sources.push_back({input.node, 0});
    else if (!isBackEdge(graph, input.node, node.index))
      sources.push_back({input.node, frameOf(input.node)});
  for (NodeIndex control : node.controls)
    if (flow.isLive(control))
      sources.push_back({control, frameOf(control)});
  if (sources.empty())
    return 0;

  auto [first, frame] = sources.front();
  const auto *other = llvm::find_if(
      sources, [frame = frame](auto source) { return source.second != frame; });
  if (other == sources.end() || !errors || !errors->report())
    return frame;
  emitError(graph.getLocation(context, node.index))
      << "node \"" << node.name << "\" (" << node.op
      << "): its inputs are in different frames: \"" << graph[first].name
      << "\" is " << describe(frame) << ", \"" << graph[other->first].name
      << "\" is " << describe(other->second)
      << "; a value enters a loop by Enter and leaves it by Exit";
  return frame;
}

unsigned FrameFinder::leaveOrEnter(const Node &node, unsigned frame) {
  if (node.op == "Exit" || node.op == "RefExit")
    return tree.frames[frame].parent;
  if (node.op != "Enter" && node.op != "RefEnter")
    return frame;
  const proto::AttrValue *attribute = findAttribute(node, "frame_name");
  std::string name = attribute ? attribute->s() : "";
  auto [entry, isNew] =
      indexOfFrame.insert({{frame, name}, unsigned(tree.frames.size())});
  if (isNew)
    tree.frames.push_back({frame, name});
  return entry->second;
}

LogicalResult tensorflow::checkFrames(MLIRContext *context,
                                      ArrayRef<FlowTree> flows) {
  if (flows.empty())
    return success();
  ErrorLimit errors(
      FileLineColLoc::get(context, flows.front().getGraph().file, 0, 0));
  for (const FlowTree &tree : flows)
    for (const FlowGraph &flow : tree.getFlows())
      FrameFinder(flow, context, &errors).find();
  return errors.finish();
}

FrameTree tensorflow::findFrames(const FlowGraph &flow) {
  return FrameFinder(flow).find();
}
