// Conditionals and loops at stage `linalg`, each a function that run_regions.py
// knows the answer of.

#id = affine_map<(d0) -> (d0)>

step.variable @total : tensor<4xf32> = dense<0.0> : tensor<4xf32>
step.variable @unset : tensor<4xf32>

// Nothing but scalars.
func.func @scalars(%n: tensor<i64> {graph.name = "n"}) -> (tensor<i64> {graph.name = "y"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %three = arith.constant 3 : i64
  %r:2 = scf.while (%i = %zero, %s = %one) : (i64, i64) -> (i64, i64) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %s : i64, i64
  } do {
  ^bb0(%i: i64, %s: i64):
    %s3 = arith.muli %s, %three : i64
    %s1 = arith.xori %s3, %i : i64
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %s1 : i64, i64
  }
  %y = tensor.from_elements %r#1 : tensor<i64>
  return %y : tensor<i64>
}

// Each element is read before it is written.
func.func @in_place(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<4xf32> {graph.name = "y"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2.0 : f32
  %r:2 = scf.while (%i = %zero, %v = %x) : (i64, tensor<4xf32>) -> (i64, tensor<4xf32>) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %v : i64, tensor<4xf32>
  } do {
  ^bb0(%i: i64, %v: tensor<4xf32>):
    %e = tensor.empty() : tensor<4xf32>
    %w = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%a: f32, %o: f32):
      %b = arith.mulf %a, %two : f32
      linalg.yield %b : f32
    } -> tensor<4xf32>
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %w : i64, tensor<4xf32>
  }
  return %r#1 : tensor<4xf32>
}

// An element depends on another one: two buffers.
func.func @rotate(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<4xf32> {graph.name = "y"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %f1 = arith.constant 1.0 : f32
  %r:2 = scf.while (%i = %zero, %v = %x) : (i64, tensor<4xf32>) -> (i64, tensor<4xf32>) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %v : i64, tensor<4xf32>
  } do {
  ^bb0(%i: i64, %v: tensor<4xf32>):
    %e = tensor.empty() : tensor<4xf32>
    %w = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%e : tensor<4xf32>) {
    ^bb0(%o: f32):
      %k = linalg.index 0 : index
      %k1 = arith.addi %k, %c1 : index
      %from = arith.remui %k1, %c4 : index
      %a = tensor.extract %v[%from] : tensor<4xf32>
      %b = arith.addf %a, %f1 : f32
      linalg.yield %b : f32
    } -> tensor<4xf32>
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %w : i64, tensor<4xf32>
  }
  return %r#1 : tensor<4xf32>
}

// Values change places, three of them in a ring.
func.func @ring(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<4xf32> {graph.name = "y"}, tensor<4xf32> {graph.name = "z"}, tensor<4xf32> {graph.name = "w"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %b = arith.constant dense<[10.0, 20.0, 30.0, 40.0]> : tensor<4xf32>
  %c = arith.constant dense<5.0> : tensor<4xf32>
  %r:4 = scf.while (%i = %zero, %p = %x, %q = %b, %s = %c) : (i64, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (i64, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %p, %q, %s : i64, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } do {
  ^bb0(%i: i64, %p: tensor<4xf32>, %q: tensor<4xf32>, %s: tensor<4xf32>):
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %q, %s, %p : i64, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  return %r#1, %r#2, %r#3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// Values of the last two iterations; one is handed on twice.
func.func @delay(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<4xf32> {graph.name = "y"}, tensor<4xf32> {graph.name = "z"}, tensor<4xf32> {graph.name = "w"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r:4 = scf.while (%i = %zero, %p = %x, %q = %x, %s = %x) : (i64, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (i64, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %p, %q, %s : i64, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } do {
  ^bb0(%i: i64, %p: tensor<4xf32>, %q: tensor<4xf32>, %s: tensor<4xf32>):
    %e = tensor.empty() : tensor<4xf32>
    %w = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%p, %q : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %sum = arith.addf %a, %b : f32
      linalg.yield %sum : f32
    } -> tensor<4xf32>
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %w, %p, %w : i64, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  return %r#1, %r#2, %r#3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// What a branch gives is an input, a constant or computed, and one value twice.
func.func @branch(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<4xf32> {graph.name = "y"}, tensor<4xf32> {graph.name = "z"}, tensor<i64> {graph.name = "w"}) {
  %which = tensor.extract %n[] : tensor<i64>
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %first = arith.cmpi slt, %which, %one : i64
  %b = arith.constant dense<[10.0, 20.0, 30.0, 40.0]> : tensor<4xf32>
  %r:3 = scf.if %first -> (tensor<4xf32>, tensor<4xf32>, i64) {
    scf.yield %x, %b, %one : tensor<4xf32>, tensor<4xf32>, i64
  } else {
    %second = arith.cmpi slt, %which, %two : i64
    %inner:2 = scf.if %second -> (tensor<4xf32>, tensor<4xf32>) {
      %e = tensor.empty() : tensor<4xf32>
      %w = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%x, %b : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) {
      ^bb0(%a: f32, %c: f32, %o: f32):
        %sum = arith.addf %a, %c : f32
        linalg.yield %sum : f32
      } -> tensor<4xf32>
      scf.yield %w, %w : tensor<4xf32>, tensor<4xf32>
    } else {
      scf.yield %b, %x : tensor<4xf32>, tensor<4xf32>
    }
    scf.yield %inner#1, %inner#0, %which : tensor<4xf32>, tensor<4xf32>, i64
  }
  %w = tensor.from_elements %r#2 : tensor<i64>
  return %r#0, %r#1, %w : tensor<4xf32>, tensor<4xf32>, tensor<i64>
}

// A switch, in a loop; the greatest so far is kept.
func.func @best(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<4xf32> {graph.name = "y"}, tensor<4xf32> {graph.name = "z"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %three = arith.constant 3 : i64
  %c0 = arith.constant 0 : index
  %r:3 = scf.while (%i = %zero, %cur = %x, %best = %x) : (i64, tensor<4xf32>, tensor<4xf32>) -> (i64, tensor<4xf32>, tensor<4xf32>) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %cur, %best : i64, tensor<4xf32>, tensor<4xf32>
  } do {
  ^bb0(%i: i64, %cur: tensor<4xf32>, %best: tensor<4xf32>):
    %kind = arith.remui %i, %three : i64
    %index = arith.index_cast %kind : i64 to index
    %e = tensor.empty() : tensor<4xf32>
    %next = scf.index_switch %index -> tensor<4xf32>
    case 0 {
      %f = arith.constant 7.0 : f32
      %w = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%cur : tensor<4xf32>) outs(%e : tensor<4xf32>) {
      ^bb0(%a: f32, %o: f32):
        %b = arith.addf %a, %f : f32
        linalg.yield %b : f32
      } -> tensor<4xf32>
      scf.yield %w : tensor<4xf32>
    }
    case 1 {
      scf.yield %cur : tensor<4xf32>
    }
    default {
      %f = arith.constant 9.0 : f32
      %w = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%cur : tensor<4xf32>) outs(%e : tensor<4xf32>) {
      ^bb0(%a: f32, %o: f32):
        %b = arith.subf %a, %f : f32
        linalg.yield %b : f32
      } -> tensor<4xf32>
      scf.yield %w : tensor<4xf32>
    }
    %a = tensor.extract %next[%c0] : tensor<4xf32>
    %b = tensor.extract %best[%c0] : tensor<4xf32>
    %better = arith.cmpf ogt, %a, %b : f32
    %kept = scf.if %better -> tensor<4xf32> {
      scf.yield %next : tensor<4xf32>
    } else {
      scf.yield %best : tensor<4xf32>
    }
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %next, %kept : i64, tensor<4xf32>, tensor<4xf32>
  }
  return %r#1, %r#2 : tensor<4xf32>, tensor<4xf32>
}

// A list that grows by one row in each iteration, and one whose rows change.
func.func @push_back(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<?x4xf32> {graph.name = "y"}, tensor<2x4xf32> {graph.name = "z"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %none = tensor.empty() : tensor<0x4xf32>
  %start = tensor.cast %none : tensor<0x4xf32> to tensor<?x4xf32>
  %rows = arith.constant dense<[[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]> : tensor<2x4xf32>
  %r:3 = scf.while (%i = %zero, %list = %start, %pair = %rows) : (i64, tensor<?x4xf32>, tensor<2x4xf32>) -> (i64, tensor<?x4xf32>, tensor<2x4xf32>) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %list, %pair : i64, tensor<?x4xf32>, tensor<2x4xf32>
  } do {
  ^bb0(%i: i64, %list: tensor<?x4xf32>, %pair: tensor<2x4xf32>):
    %e = tensor.empty() : tensor<4xf32>
    %f = arith.sitofp %i : i64 to f32
    %row = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%a: f32, %o: f32):
      %b = arith.addf %a, %f : f32
      linalg.yield %b : f32
    } -> tensor<4xf32>
    %length = tensor.dim %list, %c0 : tensor<?x4xf32>
    %longer = arith.addi %length, %c1 : index
    %grown = step.resize %list sizes(%longer) : tensor<?x4xf32> -> tensor<?x4xf32>
    %pushed = tensor.insert_slice %row into %grown[%length, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<?x4xf32>
    %which = arith.remui %i, %two : i64
    %at = arith.index_cast %which : i64 to index
    %set = tensor.insert_slice %row into %pair[%at, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<2x4xf32>
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %pushed, %set : i64, tensor<?x4xf32>, tensor<2x4xf32>
  }
  return %r#1, %r#2 : tensor<?x4xf32>, tensor<2x4xf32>
}

// The list is concatenated with itself: another size in each iteration, and
// another buffer.
func.func @double(%x: tensor<?xf32> {graph.name = "v"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<?xf32> {graph.name = "y"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %c0 = arith.constant 0 : index
  %r:2 = scf.while (%i = %zero, %v = %x) : (i64, tensor<?xf32>) -> (i64, tensor<?xf32>) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %v : i64, tensor<?xf32>
  } do {
  ^bb0(%i: i64, %v: tensor<?xf32>):
    %length = tensor.dim %v, %c0 : tensor<?xf32>
    %twice = arith.addi %length, %length : index
    %e = tensor.empty(%twice) : tensor<?xf32>
    %a = tensor.insert_slice %v into %e[0] [%length] [1] : tensor<?xf32> into tensor<?xf32>
    %b = tensor.insert_slice %v into %a[%length] [%length] [1] : tensor<?xf32> into tensor<?xf32>
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %b : i64, tensor<?xf32>
  }
  return %r#1 : tensor<?xf32>
}

// State in a loop and in a branch; an assertion that fails in the fourth
// iteration; a variable that one branch sets.
func.func @state(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<4xf32> {graph.name = "y"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %four = arith.constant 4 : i64
  %r = scf.while (%i = %zero) : (i64) -> i64 {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i : i64
  } do {
  ^bb0(%i: i64):
    %old = step.load @total : tensor<4xf32>
    %e = tensor.empty() : tensor<4xf32>
    %sum = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%old, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %s = arith.addf %a, %b : f32
      linalg.yield %s : f32
    } -> tensor<4xf32>
    %ok = arith.cmpi slt, %i, %four : i64
    step.assert %ok, ["at ", 0](%i) : i64 {status = 3 : i32}
    step.store %sum, @total : tensor<4xf32>
    %is_last = arith.cmpi eq, %i, %one : i64
    scf.if %is_last {
      step.store %old, @unset : tensor<4xf32>
    }
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1 : i64
  }
  %y = step.load @unset : tensor<4xf32>
  return %y : tensor<4xf32>
}

// A loop in a loop; what both carry lies in two buffers, and in a branch it may
// stay as it is.
func.func @nested(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<4xf32> {graph.name = "y"}, tensor<4xf32> {graph.name = "z"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %r:3 = scf.while (%i = %zero, %p = %x, %q = %x) : (i64, tensor<4xf32>, tensor<4xf32>) -> (i64, tensor<4xf32>, tensor<4xf32>) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %p, %q : i64, tensor<4xf32>, tensor<4xf32>
  } do {
  ^bb0(%i: i64, %p: tensor<4xf32>, %q: tensor<4xf32>):
    %s:2 = scf.while (%j = %zero, %v = %p) : (i64, tensor<4xf32>) -> (i64, tensor<4xf32>) {
      %more = arith.cmpi slt, %j, %i : i64
      scf.condition(%more) %j, %v : i64, tensor<4xf32>
    } do {
    ^bb0(%j: i64, %v: tensor<4xf32>):
      %e = tensor.empty() : tensor<4xf32>
      %w = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%q : tensor<4xf32>) outs(%e : tensor<4xf32>) {
      ^bb0(%b: f32, %o: f32):
        %k = linalg.index 0 : index
        %k1 = arith.addi %k, %c1 : index
        %from = arith.remui %k1, %c4 : index
        %a = tensor.extract %v[%from] : tensor<4xf32>
        %c = arith.addf %a, %b : f32
        linalg.yield %c : f32
      } -> tensor<4xf32>
      %j1 = arith.addi %j, %one : i64
      scf.yield %j1, %w : i64, tensor<4xf32>
    }
    %kind = arith.remui %i, %two : i64
    %odd = arith.cmpi eq, %kind, %one : i64
    %t:2 = scf.if %odd -> (tensor<4xf32>, tensor<4xf32>) {
      scf.yield %s#1, %p : tensor<4xf32>, tensor<4xf32>
    } else {
      scf.yield %q, %s#1 : tensor<4xf32>, tensor<4xf32>
    }
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %t#1, %t#0 : i64, tensor<4xf32>, tensor<4xf32>
  }
  return %r#1, %r#2 : tensor<4xf32>, tensor<4xf32>
}

// What the condition computes is what the body and the result are made of.
func.func @condition(%x: tensor<4xf32> {graph.name = "x"}, %n: tensor<i64> {graph.name = "n"}) -> (tensor<4xf32> {graph.name = "y"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %f1 = arith.constant 1.0 : f32
  %f2 = arith.constant 2.0 : f32
  %r:2 = scf.while (%i = %zero, %v = %x) : (i64, tensor<4xf32>) -> (tensor<4xf32>, i64) {
    %e = tensor.empty() : tensor<4xf32>
    %w = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%a: f32, %o: f32):
      %b = arith.addf %a, %f1 : f32
      linalg.yield %b : f32
    } -> tensor<4xf32>
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %w, %i : tensor<4xf32>, i64
  } do {
  ^bb0(%v: tensor<4xf32>, %i: i64):
    %e = tensor.empty() : tensor<4xf32>
    %w = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%a: f32, %o: f32):
      %b = arith.mulf %a, %f2 : f32
      linalg.yield %b : f32
    } -> tensor<4xf32>
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %w : i64, tensor<4xf32>
  }
  return %r#0 : tensor<4xf32>
}

// Enough work for two threads in each iteration.
func.func @threads(%n: tensor<i64> {graph.name = "n"}) -> (tensor<400000xf32> {graph.name = "y"}) {
  %limit = tensor.extract %n[] : tensor<i64>
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %f1 = arith.constant 1.0 : f32
  %start = arith.constant dense<0.5> : tensor<400000xf32>
  %r:2 = scf.while (%i = %zero, %v = %start) : (i64, tensor<400000xf32>) -> (i64, tensor<400000xf32>) {
    %more = arith.cmpi slt, %i, %limit : i64
    scf.condition(%more) %i, %v : i64, tensor<400000xf32>
  } do {
  ^bb0(%i: i64, %v: tensor<400000xf32>):
    %e = tensor.empty() : tensor<400000xf32>
    %w = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%v : tensor<400000xf32>) outs(%e : tensor<400000xf32>) {
    ^bb0(%a: f32, %o: f32):
      %b = arith.addf %a, %f1 : f32
      linalg.yield %b : f32
    } -> tensor<400000xf32>
    %i1 = arith.addi %i, %one : i64
    scf.yield %i1, %w : i64, tensor<400000xf32>
  }
  return %r#1 : tensor<400000xf32>
}
