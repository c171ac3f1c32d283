package io.alphakite.streaming;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.ServiceDefinition;
import io.alphakite.platform.ServiceLauncher;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * The streaming service: Schwab's stream to rows. It alone holds the streamer connection.
 *
 * <p>A message's way: the client's stream, {@code intake}, {@code feed}, {@code store}, PostgreSQL;
 * {@link StreamingConfiguration} puts these together.
 */
@SpringBootApplication
public class StreamingService {
  /** How to start it. */
  public static final ServiceDefinition DEFINITION =
      new ServiceDefinition(
          "streaming-service",
          StreamingService.class,
          "STREAMER_PORT",
          8081,
          DatabaseRole.STREAMER);

  static void main(String... arguments) {
    ServiceLauncher.main(DEFINITION, arguments);
  }
}
