import { connectEvents, connectSync, type EventsClient } from "@argyle/argyle/client";
import { island } from "@argyle/argyle/islands";
import { useVariable } from "@argyle/argyle/preact";
import { useEffect, useState } from "preact/hooks";
import type { Data } from "./stock_data.ts";

const connect = () => connectSync<Data["sync"]>("/ws/stock");
type Peer = ReturnType<typeof connect>;

/** Connects in the browser, and shows on the server what the page has given it. */
function Stock({ first }: { first: number }) {
  const [peer, setPeer] = useState<Peer>();
  const [events, setEvents] = useState<EventsClient<Data["events"]>>();
  const [news, setNews] = useState("");
  useEffect(() => {
    const peer = connect();
    setPeer(peer);
    return () => peer.close();
  }, []);
  useEffect(() => {
    const client = connectEvents<Data["events"]>("/news");
    client.on("news", ({ text }) => setNews(text));
    setEvents(client);
    return () => client.close();
  }, []);
  return (
    <section>
      {peer === undefined ? <output id="stock">{first}</output> : <Live peer={peer} first={first} />}
      <output id="news">{news}</output>
      <button type="button" id="tell" onClick={() => void events?.send("tell", { text: "Sold out" })}>
        Tell
      </button>
    </section>
  );
}

function Live({ peer, first }: { peer: Peer; first: number }) {
  return <output id="stock">{useVariable(peer.variable("stock")) ?? first}</output>;
}

export default island(import.meta.url, Stock);
