import assert from "node:assert/strict";
import { signalOf, statusSignalOf } from "@argyle/argyle/signals";
import { computed, effect, Signal } from "@preact/signals-core";
import { variable } from "@argyle/argyle/socksync";
import { ListDouble, VariableDouble } from "./sync_doubles.ts";

Deno.test("signalOf: an effect runs again with each new value, and listens no longer than it lives", () => {
  const stock = new VariableDouble<number>(undefined), signal = signalOf(stock);
  assert.ok(signal instanceof Signal);
  assert.equal(stock.listeners.size, 0);
  const seen: unknown[] = [];
  const end = effect(() => void seen.push(signal.value));
  assert.equal(stock.listeners.size, 1);
  const endOther = effect(() => void signal.value);
  assert.equal(stock.listeners.size, 1);
  stock.value = 1;
  stock.status = "stale";
  stock.value = 2;
  assert.deepEqual(seen, [undefined, 1, 2]);
  end();
  assert.equal(stock.listeners.size, 1);
  endOther();
  assert.equal(stock.listeners.size, 0);
  stock.value = 3;
  assert.deepEqual(seen, [undefined, 1, 2]);
  effect(() => void seen.push(signal.value))();
  assert.deepEqual(seen, [undefined, 1, 2, 3]);
  assert.equal(stock.listeners.size, 0);
});

Deno.test("signalOf: read by itself it is what the variable is now", () => {
  const stock = new VariableDouble(1), signal = signalOf(stock);
  stock.value = 2;
  assert.equal(signal.value, 2);
  stock.value = 3;
  assert.equal(signal.peek(), 3);
  assert.equal(stock.listeners.size, 0);
});

Deno.test("signalOf: what is computed of it follows, through as many steps as there are", () => {
  const stock = new VariableDouble(1), names = new ListDouble(["a"]);
  const text = computed(() => `${signalOf(stock).value} of ${signalOf(names).value.length}`);
  const seen: string[] = [];
  const end = text.subscribe((value) => seen.push(value));
  stock.value = 2;
  names.value = ["a", "b"];
  names.value = ["b", "a"];
  assert.deepEqual(seen, ["1 of 1", "2 of 1", "2 of 2"]);
  end();
  assert.deepEqual([stock.listeners.size, names.listeners.size], [0, 0]);
});

Deno.test("signalOf: the same source has one signal, which nobody else sets", () => {
  const stock = new VariableDouble(1), signal = signalOf(stock);
  assert.equal(signalOf(stock), signal);
  assert.throws(() => Reflect.set(signal, "value", 5) || assert.fail("not set"));
  assert.throws(() => ((signal as { value: unknown }).value = 5), TypeError);
  assert.equal(signal.value, 1);
  // @ts-expect-error -- a signal of this kind is read
  const _set = () => signal.value = 5;
});

Deno.test("statusSignalOf: it follows the status alone", () => {
  const stock = new VariableDouble(1);
  const seen: string[] = [];
  const end = statusSignalOf(stock).subscribe((status) => seen.push(status));
  stock.value = 2;
  stock.status = "fresh";
  stock.status = "stale";
  assert.deepEqual(seen, ["loading", "fresh", "stale"]);
  end();
  assert.equal(statusSignalOf(stock), statusSignalOf(stock));
  assert.equal(stock.listeners.size, 0);
});

Deno.test("signalOf: a variable of one's own is a signal too", async () => {
  const zoom = variable(1);
  const seen: number[] = [];
  const end = signalOf(zoom).subscribe((value) => seen.push(value));
  await zoom.set(2);
  end();
  await zoom.set(3);
  assert.deepEqual(seen, [1, 2]);
  assert.equal(signalOf(zoom).value, 3);
});
