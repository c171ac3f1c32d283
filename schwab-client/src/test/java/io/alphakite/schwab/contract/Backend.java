package io.alphakite.schwab.contract;

import io.alphakite.model.market.Ticker;
import java.net.URI;
import java.time.Instant;
import java.util.List;

/** One who answers as Schwab does. */
interface Backend extends AutoCloseable {

  String APP_KEY = "key";
  String APP_SECRET = "secret";
  String CALLBACK = "https://127.0.0.1:8182";

  /** What it can be made to do. */
  enum Fault {
    /** Every call is answered with the edge's HTML and 403. */
    EDGE_PAGE,
    /** Every call is answered with the gateway's 502. */
    TOO_BIG,
    /** Every call is answered with 500 and no body. */
    EMPTY,
    /** Every call is answered with 401. */
    UNAUTHORIZED,
    /** Every call is answered with 429. */
    THROTTLED,
    /** Every call is answered with 429 and the second after which to come back. */
    THROTTLED_FOR_A_SECOND,
    /** The next login of a streamer is denied, once. */
    LOGIN_DENIED,
    /** The streamer says code 30 and closes, once. */
    STREAM_STOPPED,
    /** The streamer says code 12 and closes, once. */
    STREAM_KICKED
  }

  URI baseUrl();

  /** Shares that are quoted, charted and streamed; the first one has options. */
  List<Ticker> tickers();

  /** What the market's clock shows. */
  Instant marketTime();

  void begin(Fault fault);

  void end(Fault fault);

  @Override
  void close();
}
