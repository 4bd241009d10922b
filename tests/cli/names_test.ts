import assert from "node:assert/strict";
import { readMethodNames, readReflexName } from "../../cli/names.ts";
import { Refusal } from "../../cli/refusal.ts";

const cartItem = { className: "CartItem", fileName: "cart_item", dashed: "cart-item", title: "Cart item" };

for (
  const spelled of ["cart item", "CartItem", "cartItem", "cart_item", "cart-item", "Cart  Item", "CART_ITEM"]
) {
  Deno.test(`readReflexName: ${JSON.stringify(spelled)} is CartItem`, () => {
    assert.deepEqual(readReflexName(spelled), cartItem);
  });
}

Deno.test("readReflexName: digits and runs of capitals belong to their words", () => {
  const names = ["HTMLPage", "Area51", "step 2", "A"].map(readReflexName);
  assert.deepEqual(names.map(({ className }) => className), ["HtmlPage", "Area51", "Step2", "A"]);
  assert.deepEqual(names.map(({ fileName }) => fileName), ["html_page", "area51", "step_2", "a"]);
});

const refused: [spelled: string, why: RegExp][] = [
  ["", /^Cannot make a reflex named "": it is empty\.$/],
  ["  ", /it is empty/],
  ["1st", /it begins with a digit/],
  ["class", /it is a reserved word of the language/],
  ["Class", /it is a reserved word of the language/],
  ["reflex", /the files use the name Reflex themselves/],
  ["page-context", /the files use the name PageContext themselves/],
  ["Context", /the files use the name Context themselves/],
  ["../cart", /it is a path\. The folder is given by --dir/],
  ["shop/cart", /it is a path/],
  ["shop\\cart", /it is a path/],
  ["cart.ts", /it is a path/],
  ["..", /it is a path/],
  ["cart\0item", /more than letters a to z and digits/],
  ["cart\nitem", /more than letters a to z and digits/],
  ["__proto__", /more than letters a to z and digits/],
  ["größe", /more than letters a to z and digits/],
  ['cart");alert(1)', /more than letters a to z and digits/],
  ["a".repeat(65), /it has 65 letters, more than 64/],
];

for (const [spelled, why] of refused) {
  Deno.test(`readReflexName: ${JSON.stringify(spelled)} is refused`, () => {
    assert.throws(() => readReflexName(spelled), (error) => {
      assert.ok(error instanceof Refusal);
      assert.match(error.message, why);
      return true;
    });
  });
}

Deno.test("readReflexName: 64 letters are let through", () => {
  assert.equal(readReflexName("a".repeat(64)).fileName.length, 64);
});

Deno.test("readMethodNames: words become camel case, reserved words may be methods", () => {
  assert.deepEqual(
    readMethodNames(["add", "Remove all", "remove_one", "delete"]).map(({ method }) => method),
    [
      "add",
      "removeAll",
      "removeOne",
      "delete",
    ],
  );
  assert.deepEqual(readMethodNames(["removeAll"]), [
    { method: "removeAll", dashed: "remove-all", title: "Remove all" },
  ]);
});

for (
  const name of ["session", "abort", "publish", "constructor", "toString", "before", "rescue", "prototype"]
) {
  Deno.test(`readMethodNames: ${name} is refused, because no page can call it`, () => {
    assert.throws(() => readMethodNames([name]), /^Refusal: Cannot make a method named .* has \w+ already/);
  });
}

Deno.test("readMethodNames: two spellings of one method are one too many", () => {
  assert.throws(
    () => readMethodNames(["removeAll", "remove-all"]),
    /Cannot make the method removeAll: it is named twice/,
  );
});
