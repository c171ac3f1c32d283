@NullMarked
package io.alphakite.suite.tickers;

import org.jspecify.annotations.NullMarked;
