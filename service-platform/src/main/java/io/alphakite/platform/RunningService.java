package io.alphakite.platform;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A started service.
 *
 * @param port the HTTP port it listens on
 * @param context its own Spring context
 */
public record RunningService(int port, ConfigurableApplicationContext context)
    implements AutoCloseable {

  /** Stops it gracefully: requests in flight and what is in memory are finished first. */
  @Override
  public void close() {
    context.close();
  }
}
