@NullMarked
package io.alphakite.schwab.http;

import org.jspecify.annotations.NullMarked;
