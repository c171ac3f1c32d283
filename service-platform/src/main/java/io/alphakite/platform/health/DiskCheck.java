package io.alphakite.platform.health;

import java.io.File;
import java.util.Map;

/**
 * Free space where the process runs: a look from 70 % used, DOWN from 95 %, where new risk stops.
 */
final class DiskCheck implements HealthCheck {
  @Override
  public String name() {
    return "disk";
  }

  @Override
  public CheckResult check() {
    File here = new File(".").getAbsoluteFile();
    long total = here.getTotalSpace();
    if (total == 0) {
      return CheckResult.degraded("the file system does not tell its size");
    }
    long used = 100 - here.getUsableSpace() * 100 / total;
    Status status = used >= 95 ? Status.DOWN : used >= 70 ? Status.DEGRADED : Status.UP;
    return new CheckResult(status, Map.of("used_percent", used));
  }
}
