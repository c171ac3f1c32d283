package io.alphakite.schwab.http;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request at most once and tells what is known of its fate. Writes of orders are entered in
 * the {@link RateBudget}, and not sent above its limit; nothing waits here.
 */
public final class OneShot {

  /** The fate of a request that was sent at most once. */
  public sealed interface Fate {

    /** Somebody answered. */
    record Answered(Answer answer) implements Fate {}

    /** It failed before the first byte of the request was written: nobody can have received it. */
    record NeverSent(String reason) implements Fate {}

    /** It was written, at least in part, and no answer came. */
    record Lost(String reason) implements Fate {}
  }

  private static final Pattern ORDER = Pattern.compile(".*/accounts/([^/]+)/orders(?:/.*)?");

  private final OkHttpClient client;
  private final RateBudget budget;
  private volatile @Nullable ReadyConnections ready;

  /**
   * Wraps a client that neither retries nor follows.
   *
   * @param client from {@link HttpClients#once}
   */
  public OneShot(OkHttpClient client, RateBudget budget) {
    this.client = client;
    this.budget = budget;
  }

  /** Sends it; blocks until there is an answer or the client's time is over. */
  public Fate send(Request request) {
    return send(request, () -> true);
  }

  /**
   * Sends it if the gate is open at the last moment: when the connection stands and before the
   * first byte of the request is written.
   */
  public Fate send(Request request, BooleanSupplier gate) {
    Optional<String> refusal = admit(request);
    if (refusal.isPresent()) {
      return new Fate.NeverSent(refusal.get());
    }
    Request once = oneShot(request);
    Fate fate = onReady(once, gate).orElseGet(() -> onItsOwn(once, gate));
    if (!(fate instanceof Fate.Answered) && !fate.equals(GateClosedException.FATE)) {
      replaceReady();
    }
    return fate;
  }

  /**
   * From now on orders to this server go out on connections that were opened before; also when it
   * is asked again.
   *
   * @param waiting from {@link HttpClients#ready}
   * @param limit from handing an order over to the end of its answer
   * @param wall goes on while the machine is suspended, which the clock does not
   */
  public synchronized void keepReady(
      OkHttpClient waiting, URI base, Duration limit, InstantSource wall, MonotonicClock clock) {
    if (ready == null) {
      ready = new ReadyConnections(waiting, HttpUrl.get(base.toString()), limit, wall, clock);
    }
  }

  /**
   * Replaces the connections that wait for orders: after a call that failed on its way nobody knows
   * whether they are alive.
   */
  public void replaceReady() {
    ReadyConnections kept = ready;
    if (kept != null) {
      kept.retire();
    }
  }

  /** Ends what {@link #keepReady} began; orders open connections of their own again. */
  public synchronized void keepNoneReady() {
    ReadyConnections kept = ready;
    ready = null;
    if (kept != null) {
      kept.close();
    }
  }

  /** How many connections stand ready for orders now. */
  public int ready() {
    ReadyConnections kept = ready;
    return kept == null ? 0 : kept.standing();
  }

  private Optional<Fate> onReady(Request request, BooleanSupplier gate) {
    ReadyConnections kept = ready;
    return kept == null || accountOfOrder(request).isEmpty()
        ? Optional.empty()
        : kept.send(request, gate);
  }

  private Fate onItsOwn(Request request, BooleanSupplier gate) {
    AtomicBoolean writing = new AtomicBoolean();
    AtomicBoolean sent = new AtomicBoolean();
    OkHttpClient observed =
        client
            .newBuilder()
            .addNetworkInterceptor(
                chain -> {
                  if (!gate.getAsBoolean()) {
                    throw new GateClosedException();
                  }
                  if (!sent.compareAndSet(false, true)) {
                    throw new IOException("would be sent again");
                  }
                  return chain.proceed(chain.request());
                })
            .eventListener(new FirstByte(writing))
            .build();
    try (Response response = HttpClients.execute(observed.newCall(request))) {
      return new Fate.Answered(Answer.of(response));
    } catch (IOException | RuntimeException e) {
      // The class name is enough and safe; messages may hold addresses and more.
      String reason =
          e instanceof GateClosedException
              ? GateClosedException.REASON
              : e.getClass().getSimpleName();
      return writing.get() ? new Fate.Lost(reason) : new Fate.NeverSent(reason);
    }
  }

  /** Enters it in the budget; a text when it must not be sent. */
  private Optional<String> admit(Request request) {
    Optional<String> account = accountOfOrder(request);
    if (account.isEmpty()) {
      budget.other();
      return Optional.empty();
    }
    RateBudget.Write write =
        request.method().equals("DELETE") ? RateBudget.Write.CANCEL : RateBudget.Write.PLACE;
    return budget.write(write, account.get());
  }

  /** Whose order is written; empty when it is no order. */
  private static Optional<String> accountOfOrder(Request request) {
    Matcher order = ORDER.matcher(request.url().encodedPath());
    return request.method().equals("GET") || !order.matches()
        ? Optional.empty()
        : Optional.of(order.group(1));
  }

  /**
   * The same request with a body that cannot be written twice, an empty one included: OkHttp would
   * send a DELETE again after a 503 with {@code Retry-After: 0}.
   */
  private static Request oneShot(Request request) {
    RequestBody body = request.body();
    if (body == null || body.isOneShot()) {
      return request;
    }
    RequestBody once =
        new RequestBody() {
          @Override
          public @Nullable MediaType contentType() {
            return body.contentType();
          }

          @Override
          public long contentLength() throws IOException {
            return body.contentLength();
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            body.writeTo(sink);
          }

          @Override
          public boolean isOneShot() {
            return true;
          }
        };
    return request.newBuilder().method(request.method(), once).build();
  }

  static final class GateClosedException extends IOException {
    static final String REASON = "no longer wanted";
    static final Fate FATE = new Fate.NeverSent(REASON);
    private static final long serialVersionUID = 1L;
  }

  /** A body that OkHttp will not write twice. */
  public static RequestBody body(String text, MediaType type) {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return new RequestBody() {
      @Override
      public MediaType contentType() {
        return type;
      }

      @Override
      public long contentLength() {
        return bytes.length;
      }

      @Override
      public void writeTo(BufferedSink sink) throws IOException {
        sink.write(bytes);
      }

      @Override
      public boolean isOneShot() {
        return true;
      }
    };
  }

  private static final class FirstByte extends EventListener {

    private final AtomicBoolean writing;

    FirstByte(AtomicBoolean writing) {
      this.writing = writing;
    }

    @Override
    public void requestHeadersStart(Call call) {
      writing.set(true);
    }
  }
}
