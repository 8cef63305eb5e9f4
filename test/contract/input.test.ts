import { inputTests, inTurn } from "./input.ts";

// Every value on every operation is `input.slow.test.ts`.
inputTests(inTurn);
