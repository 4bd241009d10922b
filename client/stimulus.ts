/**
 * For Stimulus controllers that know StimulusReflex: `stimulate()` and the callbacks under their names there.
 *
 * ```ts
 * import { Controller } from "@hotwired/stimulus";
 * import { useReflex } from "@argyle/argyle/stimulus";
 *
 * class Counter extends Controller<HTMLElement> {
 *   override connect() {
 *     useReflex(this);
 *   }
 *   increment() {
 *     return useReflex(this).stimulate("Counter#increment");
 *   }
 *   incrementSuccess(element: HTMLElement, reflex: string) {
 *     element.title = `${reflex} went well`;
 *   }
 * }
 * ```
 *
 * @module
 */

import type { ElementData, Json } from "../protocol/frames.ts";
import { Attribute, EVENT_PREFIX } from "../protocol/markers.ts";
import { onPage } from "./dom.ts";
import { fieldsOf } from "./more_data.ts";
import { call } from "./reflex.ts";
import type { ReflexDetail, ReflexStage } from "./reflex_event.ts";

/**
 * What may be said of a call, by its names in StimulusReflex.
 *
 * @example
 * ```ts
 * import type { StimulateOptions } from "@argyle/argyle/stimulus";
 * const options: StimulateOptions = { attrs: { "data-step": "2" }, serializeForm: false };
 * ```
 */
export interface StimulateOptions {
  /** Attributes that are told instead of the element's own. */
  readonly attrs?: Readonly<Record<string, string>>;
  /** `false`: the form is not sent. */
  readonly serializeForm?: boolean;
  /** Which form is sent. */
  readonly formSelector?: string;
  /** The element's HTML is sent. */
  readonly includeInnerHTML?: boolean;
  /** The element's text is sent. */
  readonly includeTextContent?: boolean;
  /** Nothing of the call is logged. */
  readonly suppressLogging?: boolean;
}

const optionNames: ReadonlySet<string> = new Set<keyof StimulateOptions>([
  "attrs",
  "serializeForm",
  "formSelector",
  "includeInnerHTML",
  "includeTextContent",
  "suppressLogging",
]);

/**
 * What a controller has once it uses reflexes.
 *
 * @example
 * ```ts
 * import type { Stimulating } from "@argyle/argyle/stimulus";
 * const save = (controller: Stimulating) => controller.stimulate("Draft#save");
 * ```
 */
export interface Stimulating {
  /**
   * Calls a reflex for the controller's element.
   *
   * @param target `Class#method`; where left out, the page is brought up to date
   * @param args before the arguments there may stand another element, and options
   * @returns what the method returned; it rejects with a `ReflexError`
   */
  stimulate(target?: string, ...args: readonly unknown[]): Promise<Json | undefined>;
}

/**
 * A controller, as far as it matters here.
 *
 * @example
 * ```ts
 * import type { StimulusController } from "@argyle/argyle/stimulus";
 * const idOf = ({ element }: StimulusController) => element.id;
 * ```
 */
export interface StimulusController {
  /** The element that it is of. */
  readonly element: Element;
  /** Its element goes. */
  disconnect?(): void;
}

const controllers = new Set<StimulusController>();

/** The call that a controller is making at this moment, until its first event has come. */
let making:
  | { readonly by: StimulusController; readonly target: string; readonly element: Element }
  | undefined;

/** Who has heard of the beginning of a reflex, and hears of its end, even where the element has gone with it. */
const hearers = new WeakMap<ReflexDetail, readonly StimulusController[]>();

const stages: Readonly<
  Partial<Record<ReflexStage, readonly [generic: string, prefix: string, suffix: string]>>
> = {
  before: ["beforeReflex", "before", ""],
  queued: ["reflexQueued", "", "Queued"],
  delivered: ["reflexDelivered", "", "Delivered"],
  success: ["reflexSuccess", "", "Success"],
  halted: ["reflexHalted", "", "Halted"],
  forbidden: ["reflexForbidden", "", "Forbidden"],
  error: ["reflexError", "", "Error"],
  after: ["afterReflex", "after", ""],
  finalize: ["finalizeReflex", "finalize", ""],
};

/**
 * Gives a controller `stimulate()`, and has its callbacks called: `beforeReflex`, `reflexSuccess`, `reflexError`,
 * `reflexHalted`, `reflexForbidden`, `afterReflex`, `finalizeReflex`, and for a method `increment` `beforeIncrement`,
 * `incrementSuccess`, `incrementError`, `incrementHalted`, `incrementForbidden`, `afterIncrement`, `finalizeIncrement`.
 * Each gets the element, `Class#method`, the error's message where there is one, and the call's id. They are called for
 * what the controller stimulates, and for what an element in its own, and in no other controller's, calls. Whoever has
 * heard of the beginning hears of the end, also where the element or the controller has gone meanwhile.
 *
 * @param controller of Stimulus, once it is connected; it may be given more than once
 * @returns the controller
 *
 * @example
 * ```ts
 * import { Controller } from "@hotwired/stimulus";
 * import { useReflex } from "@argyle/argyle/stimulus";
 * class Chart extends Controller {
 *   override connect() {
 *     void useReflex(this).stimulate("Chart#draw", { width: 320 });
 *   }
 * }
 * ```
 */
export function useReflex<C extends StimulusController>(controller: C): C & Stimulating {
  const stimulating = controller as C & Stimulating;
  stimulating.stimulate = (target = Attribute.refresh, ...args) => stimulate(controller, target, [...args]);
  // One that has gone would never leave the list again.
  if (controllers.has(controller) || !onPage(controller.element)) return stimulating;
  watch();
  controllers.add(controller);
  const disconnect = controller.disconnect;
  controller.disconnect = () => {
    controllers.delete(controller);
    controller.disconnect = disconnect as () => void;
    disconnect?.call(controller);
  };
  return stimulating;
}

let isWatching = false;

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  for (const stage of ["created", ...Object.keys(stages)]) {
    document.addEventListener(EVENT_PREFIX + stage, tell, true);
  }
}

function stimulate(
  controller: StimulusController,
  target: string,
  args: unknown[],
): Promise<Json | undefined> {
  const element = args[0] instanceof Element ? args.shift() as Element : controller.element;
  const options = isOptions(args[0]) ? args.shift() as StimulateOptions : {};
  watch();
  making = { by: controller, target, element };
  const outcome = call(target, args as Json[], { element }, (data) => told(element, data, options));
  // Its first event has come by now, so its callbacks hear how it goes on. An action awaits nothing.
  if (making === undefined) outcome.catch(() => {});
  making = undefined;
  return outcome;
}

function isOptions(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => optionNames.has(name));
}

function told(element: Element, data: ElementData, options: StimulateOptions): ElementData {
  const { attrs, serializeForm, formSelector, includeInnerHTML, includeTextContent, suppressLogging } =
    options;
  const { f, ...rest } = data;
  const fields = formSelector === undefined ? f : fieldsOf(formSelector, element);
  return {
    ...rest,
    ...attrs === undefined ? {} : { a: { ...rest.a, ...attrs } },
    ...fields === undefined || serializeForm === false ? {} : { f: fields },
    ...includeInnerHTML ? { h: element.innerHTML } : {},
    ...includeTextContent ? { t: element.textContent ?? "" } : {},
    ...suppressLogging ? { q: true } : {},
  };
}

function tell(event: Event): void {
  const { detail } = event as CustomEvent<ReflexDetail>;
  let told = hearers.get(detail);
  if (told === undefined) hearers.set(detail, told = maker(detail) ?? nearest(detail.element));
  const names = stages[detail.stage];
  if (names === undefined) return;
  for (const controller of told) callBack(controller, names, detail);
}

/** The controller that makes this very call; a listener may have made another one meanwhile. */
function maker({ reflex, element }: ReflexDetail): readonly StimulusController[] | undefined {
  if (making?.target !== reflex || making.element !== element) return undefined;
  const { by } = making;
  making = undefined;
  return [by];
}

/** The controllers of the nearest element that has any. */
function nearest(element: Element | undefined): readonly StimulusController[] {
  for (let one: Element | null | undefined = element; one; one = one.parentElement) {
    const found = [...controllers].filter((controller) => controller.element === one);
    if (found.length > 0) return found;
  }
  return [];
}

function callBack(
  controller: StimulusController,
  [generic, prefix, suffix]: readonly [string, string, string],
  { reflex, id, element, message }: ReflexDetail,
): void {
  const [, method = ""] = reflex.split("#");
  const action = prefix === "" ? method : method.charAt(0).toUpperCase() + method.slice(1);
  for (const name of [generic, `${prefix}${action}${suffix}`]) {
    const callback: unknown = Reflect.get(controller, name);
    if (typeof callback !== "function") continue;
    try {
      callback.call(controller, element ?? controller.element, reflex, message, id);
    } catch (error) {
      reportError(error);
    }
  }
}
