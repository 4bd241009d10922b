/**
 * The form that was posted, in the page as its person sees it now; and what they wrote, put back into it.
 *
 * @module
 */

import { Attribute, POST_PARAM } from "../../protocol/markers.ts";
import { type TagInPage, tagsWith } from "../patch/tags.ts";
import { escapeHtml, unescapeHtml } from "./_escape.ts";
import type { OwnNames } from "./attribute_names.ts";
import { tagAttributes, type WrittenAttributes, writtenAttributes } from "./tag_attributes.ts";

/** Names and values, in their order. */
export type Fields = readonly (readonly [name: string, value: string])[];

/**
 * The attributes of the form, as the browser's script would tell them. It is our own render that says what they are, so
 * that where several forms are posted alike and differ, none of them is believed.
 *
 * @param posted what was posted
 * @param names the app's own, where it has some
 * @returns `undefined` where the page has no such form
 */
export function formAttributes(
  body: string,
  posted: string,
  names: OwnNames | undefined,
): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  for (const { tag } of formsOf(body, posted)) {
    const told = [...tagAttributes(tag)].filter(([name]) => isTold(name, names));
    const attributes = Object.fromEntries(told);
    if (found === undefined) found = attributes;
    else if (JSON.stringify(found) !== JSON.stringify(attributes)) return {};
  }
  return found;
}

function isTold(name: string, names: OwnNames | undefined): boolean {
  if (/^(class|style|action|method)$/.test(name) || name === Attribute.key) return false;
  return names === undefined ? !name.startsWith(Attribute.reflex) : !Object.values(names).includes(name);
}

/** The start tag of a form, and where it begins. */
interface FormInPage {
  readonly tag: string;
  readonly at: number;
}

// What a stranger has put in as HTML is no form of ours.
function* formsOf(body: string, posted: string): Iterable<FormInPage> {
  for (const { tag, at, around } of tagsWith(body, "action")) {
    if (!tag.startsWith("<form") || isRaw(around())) continue;
    if (readPosted(tagAttributes(tag).get("action")) === posted) yield { tag, at };
  }
}

function isRaw(around: Iterable<string>): boolean {
  for (const tag of around) if (writtenAttributes(tag).has(Attribute.raw)) return true;
  return false;
}

function readPosted(action: string | undefined): string | undefined {
  if (!action?.startsWith("?")) return undefined;
  return new URLSearchParams(action).get(POST_PARAM) ?? undefined;
}

/**
 * A page's body in which a form has what was written in it: as the browser would have kept it, had it not been sent.
 * Passwords, files and what nobody writes are as the page has them.
 */
export function withPosted(body: string, posted: string, fields: Fields): string {
  const forms = [...formsOf(body, posted)], form = postedOf(forms, body, fields);
  if (form === undefined) return body;
  const left = fields.map(([name, value]) => ({ name, value }));
  const take = (name: string, wanted?: string) => {
    const at = left.findIndex((one) => one.name === name && (wanted === undefined || one.value === wanted));
    return at < 0 ? undefined : left.splice(at, 1)[0]!.value;
  };
  const formOf = finderOf(forms);
  let out = "", done = 0;
  for (const found of tagsWith(body, "name")) {
    const { tag, at } = found, attributes = writtenAttributes(tag);
    if (formOf(found, attributes) !== form) continue;
    const edit = editOf(body, at, tag, attributes, take);
    if (edit === undefined) continue;
    out += body.slice(done, at) + edit.html;
    done = edit.end;
  }
  return out + body.slice(done);
}

// Where several are posted alike, one row of a table each, the hidden fields say which one it was. None, where no form has
// them any more: what was written belongs into no other.
function postedOf(forms: readonly FormInPage[], body: string, fields: Fields): FormInPage | undefined {
  if (forms.length < 2) return forms[0];
  const formOf = finderOf(forms), others = new Set<FormInPage>();
  for (const found of tagsWith(body, "name")) {
    const { tag } = found, attributes = writtenAttributes(tag);
    if (!tag.startsWith("<input") || !/^hidden$/i.test(attributes.get("type") ?? "")) continue;
    const form = formOf(found, attributes);
    const name = unescapeHtml(attributes.get("name") ?? ""),
      value = unescapeHtml(attributes.get("value") ?? "");
    if (form !== undefined && !fields.some((one) => one[0] === name && one[1] === value)) others.add(form);
  }
  return forms.find((form) => !others.has(form));
}

/**
 * Finds the one of some forms that a field is in; or is somewhere else, and that one's by its id. What is disabled was not
 * sent. It is asked of the fields of a page in their order.
 */
function finderOf(
  forms: readonly FormInPage[],
): (field: TagInPage, attributes: WrittenAttributes) => FormInPage | undefined {
  const byTag = Map.groupBy(forms, ({ tag }) => tag);
  const byId = new Map(forms.toReversed().map((form) => [writtenAttributes(form.tag).get("id"), form]));
  return ({ at, around }, attributes) => {
    const outside = [...around()], owner = attributes.get("form");
    // Forms stand in no other: of those that are written alike, it is in the one that begins nearest before it.
    const alike = byTag.get(outside.find((tag) => byTag.has(tag)) ?? "") ?? [];
    while (alike.length > 1 && alike[1]!.at < at) alike.shift();
    const form = owner === undefined ? alike[0] : byId.get(owner);
    const isSent = form !== undefined && !attributes.has("disabled") && !outside.some(isDisabled);
    return isSent && !isRaw(outside) ? form : undefined;
  };
}

function isDisabled(tag: string): boolean {
  return tag.startsWith("<fieldset") && writtenAttributes(tag).has("disabled");
}

interface Edit {
  readonly html: string;
  readonly end: number;
}

type Take = (name: string, wanted?: string) => string | undefined;

const option = /(<option(?:\s+[^\s"'<>=/]+(?:="[^"]*")?)*\s*>)([^<]*)/g;

const asThePageHasIt = /^(password|file|hidden|submit|button|reset|image)$/i;

function editOf(
  body: string,
  at: number,
  tag: string,
  attributes: WrittenAttributes,
  take: Take,
): Edit | undefined {
  const name = unescapeHtml(attributes.get("name") ?? ""), end = at + tag.length;
  const element = /^<([a-z]+)/.exec(tag)?.[1];
  if (element === "input") {
    const type = attributes.get("type") ?? "text";
    if (asThePageHasIt.test(type)) {
      // What it has sent was not written in the next of its name.
      if (/^hidden$/i.test(type)) take(name, unescapeHtml(attributes.get("value") ?? ""));
      else if (/^(password|file)$/i.test(type)) take(name);
      return undefined;
    }
    if (/^(checkbox|radio)$/i.test(type)) {
      const isChosen = take(name, unescapeHtml(attributes.get("value") ?? "on")) !== undefined;
      return { html: withAttribute(tag, attributes, "checked", isChosen ? "" : undefined), end };
    }
    const value = take(name);
    return value === undefined ? undefined : { html: withAttribute(tag, attributes, "value", value), end };
  }
  const closing = body.indexOf(`</${element}>`, end);
  if (closing === -1) return undefined;
  if (element === "textarea") {
    const value = take(name);
    // Browsers drop the first newline.
    return value === undefined ? undefined : { html: `${tag}\n${escapeHtml(value)}`, end: closing };
  }
  if (element !== "select") return undefined;
  const options = body.slice(end, closing).replace(
    option,
    (_, tag: string, text: string) => {
      const own = writtenAttributes(tag);
      // A text without a value is sent without the white space that nobody sees.
      const seen = text.replace(/[\t\n\f\r ]+/g, " ").replace(/^ | $/g, "");
      const value = unescapeHtml(own.get("value") ?? seen);
      return withAttribute(tag, own, "selected", take(name, value) === undefined ? undefined : "") + text;
    },
  );
  return { html: tag + options, end: closing };
}

/** The tag with the attribute, or without it. */
function withAttribute(
  tag: string,
  attributes: WrittenAttributes,
  name: string,
  value: string | undefined,
): string {
  const [start = ""] = /^<[^\s/>]+/.exec(tag) ?? [], [end = ">"] = /\s*\/?>$/.exec(tag) ?? [];
  if (start + write(attributes) + end !== tag) return tag; // not written by us: left alone
  const next = new Map(attributes);
  next.delete(name);
  if (value !== undefined) next.set(name, escapeHtml(value));
  return start + write(next) + end;
}

function write(attributes: WrittenAttributes): string {
  return Array.from(attributes, ([name, html]) => html === "" ? ` ${name}` : ` ${name}="${html}"`).join("");
}
