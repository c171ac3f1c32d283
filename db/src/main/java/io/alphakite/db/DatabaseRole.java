package io.alphakite.db;

/**
 * The database roles; each service connects as its own and can do only what the migrations grant
 * it.
 */
public enum DatabaseRole {
  /** Owns every table and function; used by migrations alone. */
  OWNER("kite_owner"),
  STREAMER("kite_streamer"),
  ENGINE("kite_engine"),
  GATEWAY("kite_gateway"),
  /** Reads market data through row-level security and nothing else; nobody logs in as it. */
  ANON("kite_anon");

  private final String roleName;

  DatabaseRole(String roleName) {
    this.roleName = roleName;
  }

  /** The role's name in PostgreSQL. */
  public String roleName() {
    return roleName;
  }
}
