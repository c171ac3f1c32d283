package io.alphakite.platform.version;

/** The version of this build. */
public final class BuildVersion {
  private BuildVersion() {}

  /** As in the jar's manifest; {@code dev} when run from classes. */
  public static String get() {
    String version = BuildVersion.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
