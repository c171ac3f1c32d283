package io.alphakite.testing;

/** The schema on the embedded PostgreSQL that {@code ./kite up} runs. */
class SchemaTest extends SchemaContract {
  @Override
  DatabaseServer server() {
    return DatabaseServer.embedded();
  }
}
