import { action, App, Head, on, type PageContext, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import style from "./style.css" with { type: "text" };

const Todo = z.object({ id: z.string(), title: z.string(), done: z.boolean() });
type Todo = z.infer<typeof Todo>;

const Session = z.object({ todos: z.array(Todo).default(() => []) });
type Session = z.infer<typeof Session>;

/** What a visit keeps: another tab neither edits nor undoes along. */
interface State {
  /** The id of the to-do that is a form right now. */
  editing?: string;
  /** What was taken away last, and where it stood. */
  removed?: { at: number; todo: Todo }[];
  /** What could not be kept, by the id of its to-do or `new`. */
  refused?: Record<string, Refusal>;
}

/** A text that could not be kept, and why. It stands in its field until it is right. */
interface Refusal {
  title: string;
  why: string;
}

const NEW = "new";
const MOST_LETTERS = 200;
const MOST_TODOS = 200;
/** Session and state hold 60 KiB each, and a letter may take three bytes. */
const MOST_BYTES = 50_000;
/** What is far too long is not kept whole. */
const MOST_REFUSED = 1000;

class Todos extends Reflex<Session, State> {
  /** What is said once, in the render that follows. */
  said = "";

  // The schema takes any text: a call that fails renders nothing, and the page is to say what is wrong.
  add = action(z.object({ title: z.string() }), ({ title }) => {
    const { todos } = this.session;
    const todo = { id: crypto.randomUUID(), title: title.trim(), done: false };
    if (this.#refuses(NEW, title, [...todos, todo])) return;
    todos.push(todo);
  });

  save = action(z.object({ id: z.string(), title: z.string() }), ({ id, title }) => {
    const { todos } = this.session;
    const todo = this.#find(id);
    const changed = todos.map((each) => each === todo ? { ...todo, title: title.trim() } : each);
    if (this.#refuses(id, title, changed)) return;
    this.session.todos = changed;
    delete this.state.editing;
  });

  edit(id: string) {
    const { editing } = this.state;
    if (editing !== undefined) this.#forgive(editing);
    this.state.editing = this.#find(id).id;
  }

  cancel(id: string) {
    delete this.state.editing;
    this.#forgive(id);
  }

  toggle(id: string) {
    this.#find(id).done = this.element.checked;
  }

  remove(id: string) {
    const todo = this.#find(id);
    this.#take((each) => each === todo);
  }

  clear() {
    this.#take(({ done }) => done);
  }

  undo() {
    const { removed = [] } = this.state;
    const todos = [...this.session.todos];
    for (const { at, todo } of removed) todos.splice(at, 0, todo);
    if (isFull(todos)) {
      this.said = "There is no room for that any more.";
      return;
    }
    this.session.todos = todos;
    this.said = `Brought back ${named(removed)}.`;
    delete this.state.removed;
  }

  #find(id: string): Todo {
    return this.session.todos.find((todo) => todo.id === id) ??
      this.abort("That to-do is not there any more.");
  }

  #take(goes: (todo: Todo) => boolean): void {
    const { todos } = this.session;
    if (!todos.some(goes)) return;
    this.state.removed = todos.map((todo, at) => ({ at, todo })).filter(({ todo }) => goes(todo));
    this.session.todos = todos.filter((todo) => !goes(todo));
  }

  #refuses(field: string, title: string, todos: readonly Todo[]): boolean {
    const length = title.trim().length;
    const why = length === 0
      ? "Say what to do."
      : length > MOST_LETTERS
      ? `Say it in ${MOST_LETTERS} letters; these are ${length}.`
      : isFull(todos)
      ? "The list is full. Delete something first."
      : undefined;
    this.#forgive(field);
    if (why === undefined) return false;
    this.state.refused = { ...this.state.refused, [field]: { title: title.slice(0, MOST_REFUSED), why } };
    return true;
  }

  #forgive(field: string): void {
    delete this.state.refused?.[field];
  }
}

function isFull(todos: readonly Todo[]): boolean {
  return todos.length > MOST_TODOS || new TextEncoder().encode(JSON.stringify(todos)).length > MOST_BYTES;
}

function named(removed: NonNullable<State["removed"]>): string {
  const [first, second] = removed;
  return first !== undefined && second === undefined ? `“${first.todo.title}”` : `${removed.length} to-dos`;
}

const filters = [
  { name: "All", path: "/", shows: () => true, nothing: "Nothing to do yet." },
  { name: "Active", path: "/active", shows: ({ done }: Todo) => !done, nothing: "Nothing is left to do." },
  { name: "Completed", path: "/completed", shows: ({ done }: Todo) => done, nothing: "Nothing is done yet." },
] as const;

/** A list of to-dos for each session. */
export default function todo(options: AppOptions<Session> = {}): App<Session> {
  const app = new App<Session>({ name: "todo", session: Session, ...options });
  app.reflexes({ Todos });

  for (const filter of filters) {
    app.page(filter.path, ({ session, state, ran }: PageContext<Session, State>) => {
      const shown = session.todos.filter(filter.shows);
      const done = session.todos.filter((todo) => todo.done).length;
      return (
        <main>
          <Head>
            <title>{filter.path === "/" ? "To do" : `${filter.name} – To do`}</title>
            <style>{style}</style>
          </Head>
          <h1>To do</h1>
          <Add refused={state.refused?.[NEW]} />
          <nav aria-label="Filter">
            {filters.map(({ name, path }) => (
              <a
                key={path}
                href={path === "/" ? options.base || "/" : `${options.base ?? ""}${path}`}
                aria-current={path === filter.path ? "page" : undefined}
              >
                {name}
              </a>
            ))}
          </nav>
          <section id="list" aria-label={`${filter.name} to-dos`}>
            {shown.length === 0 ? <p class="nothing">{filter.nothing}</p> : (
              <ul id="todos">
                {shown.map((todo) => (
                  todo.id === state.editing
                    ? <Edited key={todo.id} {...todo} refused={state.refused?.[todo.id]} />
                    : <Shown key={todo.id} {...todo} />
                ))}
              </ul>
            )}
          </section>
          <div class="foot">
            <p id="left" aria-live="polite">{session.todos.length - done} left</p>
            <div id="clear">
              {done > 0 && <button type="button" {...on("click", Todos, "clear")}>Clear completed</button>}
            </div>
          </div>
          <div id="undo" role="status">
            {ran(Todos)?.said && <span>{ran(Todos)?.said}</span>}
            {state.removed && (
              <>
                <span>Deleted {named(state.removed)}.</span>
                <button type="button" {...on("click", Todos, "undo")}>Undo</button>
              </>
            )}
          </div>
        </main>
      );
    });
  }
  return app;
}

function Add({ refused }: { refused: Refusal | undefined }) {
  return (
    <form id="add" {...on("submit", Todos, "add")}>
      <label for="title">What is to be done?</label>
      <div class="row">
        <input
          id="title"
          name="title"
          autocomplete="off"
          autofocus
          value={refused?.title ?? ""}
          aria-invalid={refused && "true"}
          aria-describedby="title-why"
        />
        <button class="primary">Add</button>
      </div>
      <p id="title-why" class="why" role="alert">{refused?.why}</p>
    </form>
  );
}

function Shown({ id, title, done }: Todo) {
  return (
    <li id={`todo-${id}`}>
      <div class="what">
        <input type="checkbox" id={`done-${id}`} checked={done} {...on("change", Todos, "toggle", id)} />
        <label for={`done-${id}`}>{title}</label>
      </div>
      <div class="row" id={`row-${id}`}>
        <input
          type="button"
          id={`edit-${id}`}
          value="Edit"
          aria-label={`Edit “${title}”`}
          {...on("click", Todos, "edit", id)}
        />
        <button type="button" aria-label={`Delete “${title}”`} {...on("click", Todos, "remove", id)}>
          Delete
        </button>
      </div>
    </li>
  );
}

// The field is the very element that was the Edit button: the focus that is on it stays, without a script.
function Edited({ id, title, refused }: Todo & { refused: Refusal | undefined }) {
  return (
    <li id={`todo-${id}`}>
      <form id={`save-${id}`} data-id={id} {...on("submit", Todos, "save")} />
      <div class="row" id={`row-${id}`}>
        <input
          type="text"
          id={`edit-${id}`}
          form={`save-${id}`}
          name="title"
          autocomplete="off"
          value={refused?.title ?? title}
          aria-label={`New text of “${title}”`}
          aria-invalid={refused && "true"}
          aria-describedby={`why-${id}`}
        />
        <button class="primary" form={`save-${id}`}>Save</button>
        <button type="button" {...on("click", Todos, "cancel", id)}>Cancel</button>
      </div>
      <p id={`why-${id}`} class="why" role="alert">{refused?.why}</p>
    </li>
  );
}
