//===- ExpandRegions.cpp - bodies of conditionals and loops as regions ----===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions of an If, Case or While become nodes of the graph that belong
// to regions of that node. A branch uses the inputs of its conditional as they
// are; a loop's arguments are nodes, since they change from one iteration to
// the next.
//
//===----------------------------------------------------------------------===//

#include "Inliner.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
/// A function of an owner, and what its region is called.
struct Body {
  const proto::NameAttrList *function;
  std::string role;
  /// The condition of a loop gives one result, whatever the owner gives.
  bool isCondition = false;
};

/// Expands one body.
class RegionExpander {
public:
  RegionExpander(Inliner &inliner, const proto::NodeDef &owner, unsigned line,
                 const Body &body, int function)
      : inliner(inliner), owner(owner), body(body),
        region(inliner.addRegion(makeRegion(owner, body))),
        copy(inliner, {owner, line, function, body.function->attr(),
                       owner.name() + "/" + body.role + "/", region}) {
    inliner.getRegion(region).prefix = copy.getPrefix();
  }

  LogicalResult expand();

private:
  static RegionDef makeRegion(const proto::NodeDef &owner, const Body &body);
  LogicalResult bindArguments();
  void bindLoopArguments(ArrayRef<FunctionCopy::Tensor> arguments);
  LogicalResult addResults();

  Inliner &inliner;
  const proto::NodeDef &owner;
  const Body &body;
  RegionIndex region;
  FunctionCopy copy;
};
} // namespace

RegionDef RegionExpander::makeRegion(const proto::NodeDef &owner,
                                     const Body &body) {
  RegionDef region;
  region.owner = owner.name();
  region.function = body.function->name();
  return region;
}

/// A node for each carried value.
void RegionExpander::bindLoopArguments(
    ArrayRef<FunctionCopy::Tensor> arguments) {
  for (auto [number, argument] : llvm::enumerate(arguments)) {
    std::string name = copy.nameArgument(argument);
    auto node = copy.makeNode(name, "_Arg");
    (*node->mutable_attr())["T"].set_type(argument.type);
    (*node->mutable_attr())["index"].set_i(number);
    copy.add(std::move(node));
    inliner.getRegion(region).arguments.push_back(name);
    // Arguments are there when the region starts.
    copy.bind(argument, std::move(name), /*runs=*/false);
  }
}

LogicalResult RegionExpander::bindArguments() {
  SmallVector<StringRef> inputs;
  for (const std::string &input : owner.input())
    if (!StringRef(input).starts_with("^"))
      inputs.push_back(input);
  bool ofLoop = isLoop(owner.op());
  // The first input of a conditional is what it decides by.
  if (!ofLoop && !inputs.empty())
    inputs.erase(inputs.begin());

  auto arguments = copy.getArguments();
  if (failed(arguments))
    return failure();
  if (arguments->size() != inputs.size())
    return copy.report("function \"" + copy.getName() + "\" has " +
                       Twine(arguments->size()) + " arguments, but the node" +
                       " has " + Twine(inputs.size()) + " inputs for them");
  if (ofLoop) {
    bindLoopArguments(*arguments);
    return success();
  }
  for (auto [argument, input] : llvm::zip_equal(*arguments, inputs))
    copy.bind(argument, input.str(), /*runs=*/false);
  return success();
}

LogicalResult RegionExpander::addResults() {
  auto results = copy.getResults();
  if (failed(results))
    return failure();
  if (body.isCondition && results->size() != 1)
    return copy.report("function \"" + copy.getName() + "\" gives " +
                       Twine(results->size()) +
                       " results, expected one: whether the loop goes on");
  for (const FunctionCopy::Tensor &result : *results) {
    FailureOr<std::string> edge = copy.getEdge(result);
    if (failed(edge))
      return failure();
    // What a branch hands on becomes a node of the branch, at which a reference
    // variable is read.
    if (!isLoop(owner.op()) && copy.isArgument(result)) {
      std::string name = copy.makeName(result.getNodeName());
      auto node = copy.makeIdentity(name, result.type);
      node->add_input(std::move(*edge));
      copy.add(std::move(node));
      *edge = std::move(name);
    }
    inliner.getRegion(region).results.push_back(std::move(*edge));
  }
  inliner.getRegion(region).controlResults = copy.getControlResults();
  return success();
}

LogicalResult RegionExpander::expand() {
  return success(succeeded(bindArguments()) &&
                 succeeded(copy.addNodes(/*entrance=*/"")) &&
                 succeeded(addResults()));
}

/// The bodies of an owner; none if it lacks one, which is reported later.
static SmallVector<Body> getBodies(const proto::NodeDef &owner) {
  SmallVector<Body> bodies;
  bool areComplete = true;
  auto add = [&](StringRef attribute, StringRef role, bool isCondition) {
    auto found = owner.attr().find(attribute.str());
    if (found != owner.attr().end() &&
        found->second.value_case() == proto::AttrValue::kFunc)
      bodies.push_back({&found->second.func(), role.str(), isCondition});
    else
      areComplete = false;
  };
  if (isLoop(owner.op())) {
    add("cond", "cond", /*isCondition=*/true);
    add("body", "body", /*isCondition=*/false);
  } else if (owner.op() == "If" || owner.op() == "StatelessIf") {
    add("then_branch", "then", /*isCondition=*/false);
    add("else_branch", "else", /*isCondition=*/false);
  } else if (auto found = owner.attr().find("branches");
             found != owner.attr().end()) {
    for (auto [number, branch] : llvm::enumerate(found->second.list().func()))
      bodies.push_back({&branch, "branch" + std::to_string(number)});
  }
  return areComplete ? bodies : SmallVector<Body>();
}

LogicalResult tensorflow::expandRegions(Inliner &inliner,
                                        const proto::NodeDef &owner,
                                        unsigned line) {
  SmallVector<Body> bodies = getBodies(owner);
  // A missing function is reported when nodes are checked.
  for (const Body &body : bodies)
    if (!inliner.findFunction(body.function->name()))
      return success();
  for (const Body &body : bodies) {
    StringRef name = body.function->name();
    if (failed(inliner.enter(name, owner, line)))
      return failure();
    LogicalResult result =
        RegionExpander(inliner, owner, line, body, *inliner.findFunction(name))
            .expand();
    inliner.leave();
    if (failed(result))
      return failure();
  }
  return success();
}
