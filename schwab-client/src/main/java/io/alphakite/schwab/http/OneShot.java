package io.alphakite.schwab.http;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Call;
import okhttp3.EventListener;
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
    try (Response response = HttpClients.execute(observed.newCall(oneShot(request)))) {
      return new Fate.Answered(Answer.of(response));
    } catch (IOException | RuntimeException e) {
      // The class name is enough and safe; messages may hold addresses and more.
      String reason =
          e instanceof GateClosedException ? "no longer wanted" : e.getClass().getSimpleName();
      return writing.get() ? new Fate.Lost(reason) : new Fate.NeverSent(reason);
    }
  }

  /** Enters it in the budget; a text when it must not be sent. */
  private Optional<String> admit(Request request) {
    Matcher order = ORDER.matcher(request.url().encodedPath());
    if (request.method().equals("GET") || !order.matches()) {
      budget.other();
      return Optional.empty();
    }
    RateBudget.Write write =
        request.method().equals("DELETE") ? RateBudget.Write.CANCEL : RateBudget.Write.PLACE;
    return budget.write(write, order.group(1));
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

  private static final class GateClosedException extends IOException {
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
