-- The role stays: it belongs to the cluster, and another database may use it.
REVOKE USAGE ON SCHEMA public FROM gatehouse_app;
