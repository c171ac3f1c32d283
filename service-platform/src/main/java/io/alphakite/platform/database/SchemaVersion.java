package io.alphakite.platform.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The schema that this build was made for. */
public final class SchemaVersion {
  private static final Pattern MIGRATION = Pattern.compile("V([0-9]+)__.*\\.sql");
  private static final int KNOWN = newest();

  private SchemaVersion() {}

  /** The number of the newest migration that is part of this build. */
  public static int known() {
    return KNOWN;
  }

  private static int newest() {
    int newest = 0;
    try {
      for (Resource migration :
          new PathMatchingResourcePatternResolver(SchemaVersion.class.getClassLoader())
              .getResources("classpath*:db/migrations/V*.sql")) {
        Matcher name = MIGRATION.matcher(String.valueOf(migration.getFilename()));
        if (name.matches()) {
          newest = Math.max(newest, Integer.parseInt(name.group(1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the migrations of this build cannot be listed", e);
    }
    if (newest == 0) {
      throw new IllegalStateException("this build has no migrations");
    }
    return newest;
  }
}
