package io.alphakite.suite.auth;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.alphakite.schwab.auth.OAuthLogin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Where the browser ends up after the login, when the callback is on this machine: takes the code
 * out of the address and shows a friendly page. Listens on 127.0.0.1 alone; what does not carry
 * this login's {@code state} is turned away. Plain {@code http} is for a simulator.
 */
final class CallbackListener implements AutoCloseable {

  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /** As many requests wait as a browser would make. */
  private static final int BACKLOG = 16;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String state;
  private final Consumer<String> codes;

  private CallbackListener(HttpServer server, String state, Consumer<String> codes) {
    this.server = server;
    this.state = state;
    this.codes = codes;
  }

  /** Whether a listener can catch this callback at all. */
  static boolean fits(URI callback) {
    return "127.0.0.1".equals(callback.getHost());
  }

  /**
   * Listens until closed.
   *
   * @param state what the authorize URL carries
   * @param codes gets each code that comes with it
   * @throws IOException when the port cannot be had or no certificate be made; the message says why
   */
  static CallbackListener open(URI callback, String state, Consumer<String> codes)
      throws IOException {
    boolean plain = "http".equals(callback.getScheme());
    int port = callback.getPort() > 0 ? callback.getPort() : plain ? HTTP_PORT : HTTPS_PORT;
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    HttpServer server;
    try {
      server = plain ? HttpServer.create(address, BACKLOG) : HttpsServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw new IOException("port " + port + ": " + e.getMessage(), e);
    }
    try {
      if (server instanceof HttpsServer https) {
        https.setHttpsConfigurator(new HttpsConfigurator(SelfSigned.context()));
      }
    } catch (IOException | GeneralSecurityException e) {
      server.stop(0);
      throw new IOException("no certificate could be made: " + e.getMessage(), e);
    }
    CallbackListener listener = new CallbackListener(server, state, codes);
    server.createContext("/", listener::answer);
    server.setExecutor(listener.threads);
    server.start();
    return listener;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String query = exchange.getRequestURI().getRawQuery();
      if (query == null || !exchange.getRequestMethod().equals("GET")) {
        page(exchange, 404, "Nothing here", "Alpha Kite waits for Schwab to send you back here.");
        return;
      }
      if (!query.matches("(.*&)?state=[^&]+.*")) {
        page(exchange, 400, "Not this login", "The address does not carry this login's state.");
        return;
      }
      String code;
      try {
        code = OAuthLogin.codeFrom("/?" + query, state);
      } catch (IllegalArgumentException e) {
        page(exchange, 400, "That did not work", e.getMessage() + ".");
        return;
      }
      page(
          exchange,
          200,
          "Thank you",
          "The terminal says whether the login worked. You can close this page.");
      codes.accept(code);
    }
  }

  private static void page(HttpExchange exchange, int status, String title, String text)
      throws IOException {
    byte[] page =
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Alpha Kite</title>
        <style>body{font:1.1rem system-ui;margin:20vh auto;max-width:32rem;padding:0 1rem}</style>
        <h1>%s</h1><p>%s</p></html>
        """
            .formatted(title, text.replace("&", "&amp;").replace("<", "&lt;"))
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
    exchange.sendResponseHeaders(status, page.length);
    exchange.getResponseBody().write(page);
  }

  /** Lets an answer under way get out first. */
  @Override
  public void close() {
    server.stop(1);
    threads.close();
  }
}
