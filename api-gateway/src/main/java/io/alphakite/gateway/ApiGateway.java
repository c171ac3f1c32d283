package io.alphakite.gateway;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.ServiceDefinition;
import io.alphakite.platform.ServiceLauncher;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** REST, WebSocket and the dashboard over the shared database. */
@SpringBootApplication
public class ApiGateway {
  /** How the launcher, the suite and the tests start it. */
  public static final ServiceDefinition DEFINITION =
      new ServiceDefinition(
          "api-gateway", ApiGateway.class, "GATEWAY_PORT", 8080, DatabaseRole.GATEWAY);

  /** Runs until the process is told to stop. */
  public static void main(String... arguments) {
    ServiceLauncher.main(DEFINITION, arguments);
  }
}
