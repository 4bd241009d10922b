import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { compose, markSent, showTruth } from "../../client/fields.ts";
import { input, morphed } from "./morphed.ts";

Deno.test("fields: typed text stays, with news or without, until it was sent", () => {
  const type = (sent: boolean) => () => {
    input().value = "mine";
    if (sent) markSent(input());
  };
  const value = (after: string, sent: boolean) => {
    morphed(`<input name="n" value="base">`, after, type(sent));
    return [input().value, input().getAttribute("value")];
  };
  assert.deepEqual(value(`<input name="n" value="base" class="c">`, false), ["mine", "base"]);
  assert.deepEqual(value(`<input name="n" value="theirs">`, false), ["mine", "theirs"]);
  assert.deepEqual(value(`<input name="n" value="base" class="c">`, true), ["mine", "base"]);
  assert.deepEqual(value(`<input name="n" value="theirs">`, true), ["theirs", "theirs"]);
});

Deno.test("fields: what nobody touched is what the server says", () => {
  morphed(`<input name="n" value="base">`, `<input name="n" value="theirs">`);
  assert.equal(input().value, "theirs");
});

Deno.test("fields: typing on after sending is not sent", () => {
  morphed(`<input name="n" value="">`, `<input name="n" value="abc">`, () => {
    input().value = "abc";
    markSent(input());
    input().value = "abcd";
  });
  assert.equal(input().value, "abcd");
});

Deno.test("fields: another name or type is another field", () => {
  morphed(`<input name="first">`, `<input name="second" value="x">`, () => void (input().value = "mine"));
  assert.equal(input().value, "x");
});

Deno.test("fields: an input method is not disturbed", () => {
  morphed(`<input name="n" value="base">`, `<input name="n" value="theirs">`, () => {
    input().value = "にほ";
    markSent(input());
    compose({ target: input() } as unknown as Event);
  });
  compose();
  assert.equal(input().value, "にほ");
});

Deno.test("fields: textareas", () => {
  const text = (after: string, mine?: string) => {
    morphed(`<textarea name="t">base</textarea>`, `<textarea name="t">${after}</textarea>`, () => {
      if (mine !== undefined) $<HTMLTextAreaElement>("textarea").value = mine;
    });
    return $<HTMLTextAreaElement>("textarea").value;
  };
  assert.equal(text("theirs"), "theirs");
  assert.equal(text("theirs", "mine"), "mine");
  assert.equal(text("base", "mine"), "mine");
});

Deno.test("fields: checkboxes", () => {
  const checked = (before: string, after: string, person: () => void) => {
    morphed(`<input type="checkbox" name="c"${before}>`, `<input type="checkbox" name="c"${after}>`, person);
    return input().checked;
  };
  const toggle = () => void (input().checked = !input().checked);
  assert.equal(checked("", " checked", () => {}), true);
  assert.equal(checked(" checked", "", () => {}), false);
  assert.equal(checked("", ` class="c"`, toggle), true);
  assert.equal(checked(" checked", ` checked class="c"`, toggle), false);
  assert.equal(
    checked(" checked", "", () => (toggle(), markSent(input()), toggle(), markSent(input()))),
    false,
  );
});

Deno.test("fields: radio buttons of one name are one field", () => {
  const radios = (chosen: string) =>
    ["a", "b", "c"].map((v) =>
      `<input type="radio" name="r" value="${v}"${v === chosen ? ' checked=""' : ""} id="${v}">`
    ).join("");
  const chosen = () => $<HTMLInputElement>("#x input:checked").value;
  morphed(radios("a"), radios("c"));
  assert.equal(chosen(), "c");
  morphed(radios("a"), radios("c"), () => void ($<HTMLInputElement>("#b").checked = true));
  assert.equal(chosen(), "b");
  morphed(radios("a"), radios("c"), () => {
    $<HTMLInputElement>("#b").checked = true;
    markSent($("#b"));
  });
  assert.equal(chosen(), "c");
});

Deno.test("fields: selects, single and multiple, whatever options come and go", () => {
  const options = (values: string, selected = "") =>
    [...values].map((v) => `<option${selected.includes(v) ? ' selected=""' : ""}>${v}</option>`).join("");
  const chosen = () =>
    [...$<HTMLSelectElement>("select").options].filter((option) => option.selected).map((option) =>
      option.value
    );
  const choose = (...values: string[]) => () => {
    for (const option of $<HTMLSelectElement>("select").options) {
      option.selected = values.includes(option.value);
    }
  };
  const select = (inner: string, attributes = "") => `<select name="s"${attributes}>${inner}</select>`;
  morphed(select(options("abc")), select(options("abcd")), choose("b"));
  assert.deepEqual(chosen(), ["b"]);
  morphed(select(options("abc")), select(options("zabc")), choose("b"));
  assert.deepEqual(chosen(), ["b"]);
  morphed(select(options("abc", "a")), select(options("abc", "c")));
  assert.deepEqual(chosen(), ["c"]);
  morphed(select(options("abc", "a")), select(options("abc", "c")), choose("b"));
  assert.deepEqual(chosen(), ["b"]);
  const multiple = " multiple";
  morphed(select(options("abc", "a"), multiple), select(options("abcd", "a"), multiple), choose("b", "c"));
  assert.deepEqual(chosen(), ["b", "c"]);
  morphed(select(options("abc", "a"), multiple), select(options("abc", "bc"), multiple));
  assert.deepEqual(chosen(), ["b", "c"]);
});

Deno.test("showTruth: what was sent shows what the page says of it, what was written since stays", () => {
  show(
    `<div id="f"><input name="a" value="base"><input name="b"><input type="checkbox" name="c"><input name="d"></div>`,
  );
  const [sent, typedOn, checked, unsent] = [...document.querySelectorAll("input")] as HTMLInputElement[];
  sent!.value = "sent";
  typedOn!.value = "first";
  checked!.checked = true;
  unsent!.value = "mine";
  for (const field of [sent, typedOn, checked]) markSent(field!);
  typedOn!.value = "first and more";
  showTruth($("#f"));
  assert.deepEqual(
    [sent!.value, typedOn!.value, checked!.checked, unsent!.value],
    ["base", "first and more", false, "mine"],
  );
});
