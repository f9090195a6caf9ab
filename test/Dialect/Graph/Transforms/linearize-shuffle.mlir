// RUN: graph-opt %s -graph-linearize="schedule=shuffle seed=1" | FileCheck %s --check-prefix=ONE
// RUN: graph-opt %s -graph-linearize="schedule=shuffle seed=2" | FileCheck %s --check-prefix=TWO

// Seeds give different orders, the same on every machine.
// ONE-LABEL: graph.func @shuffled
// ONE-NEXT:  graph.print ["b"]
// ONE-NEXT:  graph.print ["d"]
// ONE-NEXT:  graph.print ["a"]
// ONE-NEXT:  graph.print ["c"]
// TWO-LABEL: graph.func @shuffled
// TWO-NEXT:  graph.print ["c"]
// TWO-NEXT:  graph.print ["d"]
// TWO-NEXT:  graph.print ["b"]
// TWO-NEXT:  graph.print ["a"]
graph.func @shuffled() {
  %a = graph.print ["a"] {stream = "stdout"}
  %b = graph.print ["b"] {stream = "stdout"}
  %c = graph.print ["c"] {stream = "stdout"}
  %d = graph.print ["d"] {stream = "stdout"}
  graph.return after(%a, %b, %c, %d)
}
