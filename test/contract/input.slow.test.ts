import { all, inputTests } from "./input.ts";

inputTests(all);
