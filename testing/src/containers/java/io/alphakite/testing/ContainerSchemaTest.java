package io.alphakite.testing;

import org.junit.jupiter.api.Assumptions;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The schema on the official image that docker-compose runs. Skipped, with the reason, where no engine answers. */
class ContainerSchemaTest extends SchemaContract {
  private static @Nullable DatabaseServer server;

  @Override
  @SuppressWarnings("resource") // Testcontainers removes it when the JVM ends
  DatabaseServer server() {
    Assumptions.assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "no container engine answers: not tried on the official image");
    if (server == null) {
      PostgreSQLContainer container = new PostgreSQLContainer("postgres:18");
      container.start();
      server =
          new DatabaseServer(
              container.getHost() + ":" + container.getFirstMappedPort(),
              container.getUsername(),
              container.getPassword());
    }
    return server;
  }
}
