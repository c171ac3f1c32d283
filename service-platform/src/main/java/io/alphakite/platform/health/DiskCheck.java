package io.alphakite.platform.health;

import java.io.File;
import java.util.Map;

/**
 * Free space where the process runs: a look from 70 % used, DOWN from 95 %, where new risk stops.
 * Used is what df says: of the space that can be had, for what a file system keeps back (reserved
 * blocks, a quota) is neither used nor free.
 */
final class DiskCheck implements HealthCheck {
  @Override
  public String name() {
    return "disk";
  }

  @Override
  public CheckResult check() {
    File here = new File(".").getAbsoluteFile();
    if (here.getTotalSpace() == 0) {
      return CheckResult.degraded("the file system does not tell its size");
    }
    long used = usedPercent(here.getTotalSpace() - here.getFreeSpace(), here.getUsableSpace());
    Status status = used >= 95 ? Status.DOWN : used >= 70 ? Status.DEGRADED : Status.UP;
    return new CheckResult(status, Map.of("used_percent", used));
  }

  static long usedPercent(long usedBytes, long usableBytes) {
    double had = (double) usedBytes + usableBytes;
    return had == 0 ? 100 : (long) Math.ceil(usedBytes / had * 100);
  }
}
