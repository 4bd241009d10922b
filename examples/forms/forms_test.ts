import assert from "node:assert/strict";
import { open } from "@argyle/argyle/testing";
import forms from "./main.tsx";

Deno.test("forms: what is wrong is said at the fields that were used, then at all", async () => {
  await using ann = await open(forms(), "/");
  await ann.type("#form-register-email", "ann");
  assert.deepEqual(ann.texts(".field-error"), [], "one is still at it");
  await ann.leave();
  assert.deepEqual(ann.texts(".field-error"), ["This is no e-mail address"]);
  assert.equal(ann.attribute("#form-register-email", "aria-describedby"), "form-register-email-error");
  await ann.submit("#form-register");
  assert.equal(ann.last.error?.code, "invalid");
  assert.deepEqual(ann.texts(".field-error"), [
    "Please tell us your name",
    "This is no e-mail address",
    "Choose at least one",
  ]);
  await ann.type("#form-register-email", "ann@example.com");
  assert.deepEqual(ann.texts(".field-error"), ["Please tell us your name", "Choose at least one"]);
});

Deno.test("forms: nested and repeated fields arrive as lists, and the form is empty after it went well", async () => {
  await using ann = await open(forms(), "/");
  await ann.click("[data-reflex='click->Workshop#more']");
  await ann.click("[data-reflex='click->Workshop#more']");
  await ann.type("#form-register-name", "Ann");
  await ann.type("#form-register-email", "ann@example.com");
  await ann.check("[value=Deno]");
  await ann.check("[value=Preact]");
  await ann.type("#form-register-guests-0-name", "Bob");
  await ann.submit("#form-register");
  assert.deepEqual(ann.texts(".field-error"), ["Who comes along?"]);
  await ann.type("#form-register-guests-1-name", "Eve");
  await ann.submit("#form-register");
  assert.equal(ann.text("#places"), "Ann and 2 more: Deno, Preact");
  assert.equal(ann.text("#done"), "See you there, Ann!");
  assert.equal(ann.value("#form-register-name"), "");
});

Deno.test("forms: what only the action can know stands at its field, too, and goes again", async () => {
  await using ann = await open(forms(), "/");
  await ann.submit("#form-register", {
    name: "Ann",
    email: "ann@example.org",
    "topics[]": ["Deno"],
    notes: "",
  });
  assert.deepEqual(ann.texts(".field-error"), ["We cannot write to example.org"]);
  await ann.submit("#form-register", { email: "ann@example.com" });
  assert.deepEqual(ann.texts(".field-error"), []);
  assert.equal(ann.text("#places"), "Ann: Deno");
});
