package io.alphakite.schwab.http;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/** Sends a request at most once and tells what is known of its fate. */
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

  private final OkHttpClient client;

  /**
   * Wraps a client that neither retries nor follows.
   *
   * @param client from {@link HttpClients#once}
   */
  public OneShot(OkHttpClient client) {
    this.client = client;
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
    AtomicBoolean writing = new AtomicBoolean();
    OkHttpClient observed =
        client
            .newBuilder()
            .addNetworkInterceptor(
                chain -> {
                  if (!gate.getAsBoolean()) {
                    throw new GateClosedException();
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
          e instanceof GateClosedException ? "no longer wanted" : e.getClass().getSimpleName();
      return writing.get() ? new Fate.Lost(reason) : new Fate.NeverSent(reason);
    }
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
