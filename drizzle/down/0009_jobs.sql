DROP TABLE "job";
