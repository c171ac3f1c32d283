package io.alphakite.schwab.contract;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The client meets the reference's own examples. */
class ClientAgainstReferenceTest extends ClientContract {

  ClientAgainstReferenceTest(@TempDir Path directory) {
    super(new ReferenceServer(), directory);
  }
}
