package io.alphakite.schwab.trader;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The same where the connections were opened before the orders came. */
class PlaceOnceOnReadyConnectionsTest extends PlaceOnceTest {

  private @Nullable SchwabApi ready;

  PlaceOnceOnReadyConnectionsTest(@TempDir Path directory) {
    super(directory);
  }

  @Override
  SchwabApi api(FakeSchwab server, Path tokens) {
    ready = server.readyApi(tokens);
    return ready;
  }

  @AfterEach
  void openNoMore() {
    if (ready != null) {
      ready.close();
    }
  }
}
