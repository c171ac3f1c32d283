package io.alphakite.simulator.web;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Tells whoever measures when a request's first byte was read from its socket. */
public final class Arrivals {

  /**
   * A request has begun.
   *
   * @param nanos {@link System#nanoTime} of this process
   */
  public record Arrival(String method, String path, long nanos) {}

  private volatile Consumer<Arrival> watcher = _ -> {};

  /** From now on this one is told of each request, on the request's thread. */
  public void watch(Consumer<Arrival> consumer) {
    watcher = consumer;
  }

  /** What tells of them; to stand before all else that handles a request. */
  public ValveBase valve() {
    return new ValveBase(true) {
      @Override
      public void invoke(Request request, Response response) throws IOException, ServletException {
        watcher.accept(
            new Arrival(
                request.getMethod(),
                request.getRequestURI(),
                request.getCoyoteRequest().getStartTimeNanos()));
        getNext().invoke(request, response);
      }
    };
  }
}
