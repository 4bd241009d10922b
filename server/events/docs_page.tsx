/**
 * The page that shows an AsyncAPI document, and where a person tries it out. What comes from schemas is text in it; what
 * happens there is done by the script `console`.
 *
 * @module
 */

import { Head } from "../page/head.ts";
import type { Html } from "../page/html.ts";
import { isObject } from "./asyncapi_keywords.ts";
import { follow, keysOf } from "./asyncapi_names.ts";
import type { AsyncApi, Channel, Message, Operation, Parameter, Reference } from "./asyncapi_types.ts";
import { Field, Fields } from "./docs_form.tsx";
import { Example, SchemaView } from "./docs_schema.tsx";
import { docsStyle } from "./docs_style.ts";
import { type Find, finder, inWords, needs } from "./docs_words.ts";

/** What the page shows, and where its script is. */
export interface DocsPageProps {
  readonly document: AsyncApi;
  /** The path of the script. */
  readonly script: string;
  /** The path of the document as JSON. */
  readonly json: string;
}

/** The page, ready to be rendered. */
export function docsPage(props: DocsPageProps): Html {
  return <DocsPage {...props} />;
}

function DocsPage({ document, script, json }: DocsPageProps): Html {
  const { info, channels } = document, find = finder(document), all = Object.entries(channels);
  return (
    <main>
      <Head>
        <title>{`${info.title}: events`}</title>
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <style>{docsStyle}</style>
        <script type="module" src={script} />
      </Head>
      <header>
        <h1>{info.title}</h1>
        <p class="quiet">
          Version {info.version} · <a href={json}>asyncapi.json</a>
        </p>
        {info.description === undefined ? null : <p>{info.description}</p>}
      </header>
      {all.length < 2 ? null : (
        <nav aria-label="Endpoints">
          <ul>
            {all.map(([name, { address }]) => (
              <li key={name}>
                <a href={`#${name}`}>{address}</a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      {all.map(([name, channel]) => (
        <Endpoint key={name} name={name} channel={channel} document={document} find={find} />
      ))}
    </main>
  );
}

interface EndpointProps {
  readonly name: string;
  readonly channel: Channel;
  readonly document: AsyncApi;
  readonly find: Find;
}

function Endpoint({ name, channel, document, find }: EndpointProps): Html {
  const { address } = channel, base = document.servers.app.pathname ?? "";
  const channelRef = `#/channels/${name}`;
  const here = Object.values(document.operations).filter(({ channel: { $ref } }) => $ref === channelRef);
  const taken = here.filter(({ action }) => action === "receive");
  const sent = here.filter(({ action }) => action === "send");
  return (
    <section id={name} aria-labelledby={`${name}-title`} data-address={base + address}>
      <h2 id={`${name}-title`}>{address}</h2>
      <div class="columns">
        <Connect channel={channel} find={find} />
        <Traffic name={name} />
        <div>
          <h3>You send</h3>
          {taken.length === 0 ? <p class="quiet">Nothing.</p> : null}
          {taken.map((operation, i) => (
            <Taken operation={operation} document={document} find={find} open={i === 0} />
          ))}
          <h3>You get</h3>
          {sent.map((operation, i) => <Sent key={i} operation={operation} document={document} find={find} />)}
          <details>
            <summary>
              <code>errors</code> <span class="quiet">What is wrong with a message, all at once.</span>
            </summary>
            <SchemaView schema={document.components.messages.errors?.payload ?? {}} find={find} />
          </details>
        </div>
      </div>
    </section>
  );
}

function Connect({ channel, find }: { readonly channel: Channel; readonly find: Find }): Html {
  const { parameters = {}, bindings: { ws: { query } } } = channel;
  const asked = Object.entries(query !== undefined && isObject(query.properties) ? query.properties : {});
  return (
    <form class="connect" data-form="connect" autocomplete="off">
      {Object.entries(parameters).map(([name, about]) => (
        <ParamField key={name} name={name} about={about} find={find} />
      ))}
      {asked.map(([name, schema]) => (
        <Field
          key={name}
          label={`?${name}`}
          type={inWords(schema, find)}
          optional={!needs(query ?? {}, name)}
          about={find(schema).description}
        >
          <input data-query={name} />
        </Field>
      ))}
      <p class="buttons">
        <button type="submit" data-do="connect">Connect</button>
        <button type="button" data-do="disconnect" disabled>Disconnect</button>
        <output data-status="">Not connected</output>
      </p>
    </form>
  );
}

function ParamField({ name, about, find }: {
  readonly name: string;
  readonly about: Parameter;
  readonly find: Find;
}): Html {
  const schema = about["x-schema"];
  return (
    <Field
      label={name}
      type={schema === undefined ? "text" : inWords(schema, find)}
      optional={false}
      about={about.description}
    >
      {about.enum === undefined
        ? <input data-param={name} value={about.default ?? about.examples?.[0] ?? ""} required />
        : (
          <select data-param={name}>
            {about.enum.map((value) => <option key={value} selected={value === about.default}>{value}
            </option>)}
          </select>
        )}
    </Field>
  );
}

interface OperationProps {
  readonly operation: Operation;
  readonly document: AsyncApi;
  readonly find: Find;
}

function Taken({ operation, document, find, open }: OperationProps & { readonly open: boolean }): Html {
  const [first] = messagesOf(operation.messages, document);
  if (first === undefined) return null;
  const { name, summary, payload } = first;
  const answers = messagesOf(operation.reply?.messages ?? [], document).filter(({ name }) =>
    name !== "errors"
  );
  return (
    <details open={open}>
      <summary>
        <code>{name}</code> <span class="quiet">{summary}</span>
      </summary>
      <form data-form="message" data-type={name} autocomplete="off">
        <Fields payload={payload} find={find} />
        <p class="problem" data-whole="" hidden></p>
        <p class="buttons">
          <button type="submit" disabled>Send</button>
          <output data-answer=""></output>
        </p>
      </form>
      <details class="more">
        <summary>What it may hold, and the answer</summary>
        <SchemaView schema={payload} find={find} skip={["type"]} />
        <h4>For example</h4>
        <Example schema={payload} find={find} />
        {answers.map((answer) => (
          <>
            <h4>{answer.title === `${name}: end` ? "At the end" : "The answer"}</h4>
            {answer.summary === undefined ? null : <p class="quiet">{answer.summary}</p>}
            <SchemaView schema={answer.payload} find={find} />
          </>
        ))}
      </details>
    </details>
  );
}

function Sent({ operation, document, find }: OperationProps): Html {
  return messagesOf(operation.messages, document).map(({ name, summary, payload }) => (
    <details>
      <summary>
        <code>{name}</code> <span class="quiet">{summary}</span>
      </summary>
      <SchemaView schema={payload} find={find} skip={["type"]} />
      <h4>For example</h4>
      <Example schema={payload} find={find} />
    </details>
  ));
}

function Traffic({ name }: { readonly name: string }): Html {
  return (
    <aside aria-labelledby={`${name}-traffic`}>
      <div class="heading">
        <h3 id={`${name}-traffic`}>Traffic</h3>
        <button type="button" class="plain" data-do="clear">Clear</button>
      </div>
      <div class="log" data-log="" role="log" tabindex={0} aria-labelledby={`${name}-traffic`}></div>
      <details>
        <summary>Send any text</summary>
        <form data-form="raw" autocomplete="off">
          <Field label="Text" type="sent as it is" optional={false}>
            <textarea data-raw="" rows={3} spellcheck={false} placeholder='{"type":"…"}'></textarea>
          </Field>
          <p class="buttons">
            <button type="submit" disabled>Send</button>
          </p>
        </form>
      </details>
    </aside>
  );
}

function messagesOf(refs: readonly Reference[], document: AsyncApi): readonly Message[] {
  return refs.flatMap((ref) => {
    let at: unknown = ref;
    for (let hops = 0; isObject(at) && typeof at.$ref === "string" && hops < 3; hops++) {
      at = follow(document, keysOf(at.$ref) ?? [""]);
    }
    return isObject(at) && isObject(at.payload) ? [at as unknown as Message] : [];
  });
}
