import { action, App, Head, type Html, Reflex } from "@argyle/argyle";
import type { AppOptions, FormBinding } from "@argyle/argyle/types";
import { z } from "zod";
import style from "./style.css" with { type: "text" };

const topics = ["Deno", "Preact", "WebSockets"] as const;

const Guest = z.object({ name: z.string().trim().min(1, "Who comes along?"), vegan: z.string().optional() });

const Registration = z.object({
  name: z.string().trim().min(1, "Please tell us your name"),
  email: z.email("This is no e-mail address"),
  topics: z.array(z.enum(topics), { error: "Choose at least one" }),
  guests: z.array(Guest).max(3).default([]),
  notes: z.string().trim().max(200, "At most 200 letters"),
});

const Session = z.object({
  places: z.array(z.object({ name: z.string(), guests: z.number(), topics: z.array(z.string()) })).default(
    [],
  ),
});
type Session = z.infer<typeof Session>;

/** A registration: what is wrong stands at its field, while it is being filled in. */
export default function forms(options: AppOptions<Session> = {}): App<Session> {
  class Workshop extends Reflex<Session, { guests: number }> {
    register = action(Registration, ({ name, email, guests, topics }) => {
      if (email.endsWith("@example.org")) this.invalid({ email: "We cannot write to example.org" });
      this.session.places.push({ name, guests: guests.length, topics });
      this.state.guests = 0;
      this.flash("done", `See you there, ${name}!`);
    });
    more() {
      if (this.state.guests < 3) this.state.guests += 1;
    }
    fewer() {
      if (this.state.guests > 0) this.state.guests -= 1;
    }
  }

  const app = new App<Session>({ name: "forms", session: Session, ...options });
  app.reflexes({ Workshop });
  app.page("/", ({ session, state, form, flash }) => {
    const register = form(Workshop, "register");
    return (
      <main>
        <Head>
          <title>Workshop</title>
          <style>{style}</style>
        </Head>
        <h1>Workshop</h1>
        <p class="lead">A day on server-driven interfaces. Bring up to three guests.</p>
        {flash.map(({ kind, text }) => <p key={kind} id={kind} class="done" role="status">{text}</p>)}
        <form {...register} novalidate>
          <Field of={register} name="name" label="Your name">
            <input {...register.field("name")} autocomplete="name" />
          </Field>
          <Field of={register} name="email" label="E-mail">
            <input {...register.field("email")} type="email" autocomplete="email" />
          </Field>
          <fieldset id="topics">
            <legend>What would you like to hear of?</legend>
            {topics.map((topic) => (
              <label key={topic} class="choice">
                <input type="checkbox" name="topics[]" value={topic} /> {topic}
              </label>
            ))}
            {register.error("topics")}
          </fieldset>
          <fieldset id="guests">
            <legend>Guests</legend>
            {Array.from({ length: state.guests }, (_, i) => (
              <div key={i} class="guest">
                <Field of={register} name={`guests[${i}][name]`} label={`Guest ${i + 1}`}>
                  <input {...register.field(`guests[${i}][name]`)} />
                </Field>
                <label class="choice">
                  <input type="checkbox" name={`guests[${i}][vegan]`} value="yes" /> vegan
                </label>
              </div>
            ))}
            <div class="buttons">
              <button type="button" data-reflex="click->Workshop#more" disabled={state.guests === 3}>
                One more
              </button>
              <button type="button" data-reflex="click->Workshop#fewer" disabled={state.guests === 0}>
                One less
              </button>
            </div>
          </fieldset>
          <Field of={register} name="notes" label="Anything we should know?">
            <textarea {...register.field("notes")} rows={2} />
          </Field>
          <button type="submit" class="main">Register</button>
        </form>
        {session.places.length > 0 && (
          <section aria-label="Registered">
            <h2>Registered</h2>
            <ul id="places">
              {session.places.map(({ name, guests, topics }, i) => (
                <li key={i}>
                  {name}
                  {guests > 0 ? ` and ${guests} more` : ""}: {topics.join(", ")}
                </li>
              ))}
            </ul>
          </section>
        )}
      </main>
    );
  }, { state: () => ({ guests: 0 }) });
  return app;
}

function Field({ of, name, label, children }: {
  of: FormBinding<{ register: unknown }, "register">;
  name: string;
  label: string;
  children: Html;
}) {
  return (
    <div class="field">
      <label for={of.field(name).id}>{label}</label>
      {children}
      {of.error(name)}
    </div>
  );
}
