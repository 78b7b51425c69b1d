/** How values are shown: JSON, tables, waterfalls, the first screen. */
@NullMarked
package dev.undercloud.app.render;

import org.jspecify.annotations.NullMarked;
