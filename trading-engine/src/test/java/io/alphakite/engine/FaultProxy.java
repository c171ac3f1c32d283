package io.alphakite.engine;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before the broker and misbehaves on the order writes it is told to; counts them all. */
final class FaultProxy implements AutoCloseable {

  /** What happens to one order post or replacement. */
  enum Fault {
    /** The broker gets it, its answer is lost. */
    LOSE_ANSWER,
    /** The broker never gets it, and nobody answers. */
    LOSE_REQUEST,
    /** 429. */
    THROTTLE,
    /** The broker gets it; the answer is a 503. */
    ERROR_AFTER
  }

  // What the JDK's client sets itself, or must not be passed on.
  private static final Set<String> OWN =
      Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "expect");

  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI target;
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private final AtomicInteger posts = new AtomicInteger();
  private final AtomicInteger puts = new AtomicInteger();
  private volatile Runnable beforePost = () -> {};
  private final List<String> cancelTokens = new CopyOnWriteArrayList<>();

  FaultProxy(URI target) {
    this.target = target;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void next(Fault fault) {
    faults.add(fault);
  }

  /** Runs this at each order post, before the broker gets it; {@link #posts} counts it already. */
  void beforePost(Runnable look) {
    beforePost = look;
  }

  /** How many order posts arrived here so far. */
  int posts() {
    return posts.get();
  }

  /** How many replacements of orders arrived here so far. */
  int puts() {
    return puts.get();
  }

  /** What each cancel that arrived here so far brought to be let in. */
  List<String> cancelTokens() {
    return List.copyOf(cancelTokens);
  }

  private void handle(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("DELETE")) {
      cancelTokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
    }
    boolean order =
        exchange.getRequestMethod().equals("POST")
            && exchange.getRequestURI().getPath().endsWith("/orders");
    boolean change = exchange.getRequestMethod().equals("PUT");
    Fault fault = null;
    if (order || change) {
      (order ? posts : puts).incrementAndGet();
      fault = faults.poll();
    }
    if (order) {
      beforePost.run();
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (fault == Fault.LOSE_REQUEST) {
      exchange.close();
      return;
    }
    if (fault == Fault.THROTTLE) {
      exchange.getResponseHeaders().add("Kite-Simulator", "1");
      exchange.sendResponseHeaders(429, -1);
      exchange.close();
      return;
    }
    HttpResponse<byte[]> answer = forward(exchange, body);
    if (fault == Fault.LOSE_ANSWER) {
      exchange.close();
      return;
    }
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name) && !name.startsWith(":")) {
                exchange.getResponseHeaders().put(name, List.copyOf(values));
              }
            });
    byte[] content = answer.body();
    int status = fault == Fault.ERROR_AFTER ? 503 : answer.statusCode();
    exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
    if (content.length > 0) {
      exchange.getResponseBody().write(content);
    }
    exchange.close();
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI().toString()))
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
